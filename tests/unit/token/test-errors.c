/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "tests/unit/token/fixture.h"
#include "token/errors.h"

/* A whole sentence in each language for every error, none of them twice. */
static void test_each_error_has_its_sentence(void **state)
{
    int i, j;

    for (i = 0; i < TOK_ERRS; i++) {
        const struct words *words = tok_err_words((enum tok_err)i);

        assert_non_null(words->en);
        assert_non_null(words->ja);
        assert_int_equal(words->en[strlen(words->en) - 1], '.');
        assert_non_null(strstr(words->ja, "。"));
        for (j = 0; j < i; j++)
            assert_string_not_equal(
                words->en, tok_err_words((enum tok_err)j)->en);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_error_has_its_sentence),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
