// SPDX-License-Identifier: AGPL-3.0-or-later
//
// The worlds around the cores are those of the unit tests. What they expect is
// a fault here, outside of any test of GoogleTest.
#pragma once

#include <gtest/gtest.h>

namespace fuzz
{
inline void
fail_at_first_fault ()
{
  ::testing::GTEST_FLAG (break_on_failure) = true;
}
} // namespace fuzz

// Called by libFuzzer and by driver.cpp.
extern "C" int LLVMFuzzerInitialize (int *argc, char ***argv);
