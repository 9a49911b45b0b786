// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The language of what people read, from their environment.
#pragma once

namespace social::cli
{
// Once, before anything is printed or another thread runs. LANGUAGE is heeded
// also where no locale is chosen, or the chosen one is not on this machine;
// LC_ALL=C and LANG=C still mean English.
void choose_language ();
} // namespace social::cli
