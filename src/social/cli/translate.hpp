// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Marks what people read for translation.
#pragma once

// GNUnet's gettext.h stubs these out as macros when it was built without
// translations; we want the functions.
#undef gettext
#undef dgettext
#undef dcgettext
#undef ngettext
#undef dngettext
#undef dcngettext
#undef textdomain
#undef bindtextdomain
#undef bind_textdomain_codeset
#include <libintl.h>

namespace social::cli
{
inline constexpr const char *text_domain = "gnunet-secushare";
} // namespace social::cli

// GNUnet's own headers may define _ for their own domain.
#undef _
#define _(text) dgettext (social::cli::text_domain, text)
// In tables: marked there, translated where it is printed.
#define N_(text) text
