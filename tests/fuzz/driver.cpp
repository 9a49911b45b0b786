// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Runs a fuzz target without libFuzzer: first all inputs of its corpus, then
// random ones and mutations of the corpus, for a few seconds.
//
//   fuzz_TARGET [SEED [SECONDS]]      a seed repeats a run
//   fuzz_TARGET FILE ...              these inputs only
//
// The input at which a target fails is left in fuzz_TARGET.failed.
#include <csignal>
#include <cstdio>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "fuzz_input.hpp"

extern "C" __attribute__ ((weak)) int LLVMFuzzerInitialize (int *argc,
                                                            char ***argv);

namespace
{
using Inputs = std::vector<base::Bytes>;

base::Bytes current;
std::string failed_name;

// Keeps the input, then fails as before.
void
on_failure (int signal)
{
  const int file
      = open (failed_name.c_str (), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file >= 0)
  {
    (void)! write (file, current.data (), current.size ());
    close (file);
  }
  std::signal (signal, SIG_DFL);
  std::raise (signal);
}

void
run (base::Bytes input)
{
  current = std::move (input);
  (void)LLVMFuzzerTestOneInput (current.data (), current.size ());
}

base::Bytes
read_file (const std::filesystem::path &path)
{
  std::ifstream file (path, std::ios::binary);
  if (! file)
  {
    std::cerr << path << " cannot be read\n";
    std::exit (1);
  }
  return { std::istreambuf_iterator<char> (file), {} };
}

// Of this target, below the sources.
Inputs
read_corpus (const std::string &target)
{
  const char *source = std::getenv ("srcdir");
  const auto folder = std::filesystem::path (nullptr == source ? "." : source)
                      / "tests" / "fuzz" / "corpus" / target;
  Inputs inputs;
  if (! std::filesystem::is_directory (folder))
    return inputs;
  for (const auto &entry : std::filesystem::directory_iterator (folder))
    inputs.push_back (read_file (entry.path ()));
  return inputs;
}

std::uint8_t
some_byte (std::mt19937_64 &random)
{
  return static_cast<std::uint8_t> (random ());
}

base::Bytes
fresh (std::mt19937_64 &random)
{
  base::Bytes out (random () % (0 == random () % 8 ? 4000 : 400));
  for (auto &byte : out)
    byte = some_byte (random);
  return out;
}

void
mutate (base::Bytes &input, std::mt19937_64 &random)
{
  for (std::size_t count = 1 + random () % 5; count > 0 && ! input.empty ();
       count--)
  {
    const std::size_t at = random () % input.size ();
    const auto place = input.begin () + static_cast<std::ptrdiff_t> (at);
    switch (random () % 5)
    {
    case 0:
      input[at] = some_byte (random);
      break;
    case 1:
      input[at] ^= static_cast<std::uint8_t> (1u << (random () % 8));
      break;
    case 2:
      input.erase (place);
      break;
    case 3:
      input.insert (place, some_byte (random));
      break;
    default: // said twice
    {
      const base::Bytes piece (
          place, input.begin ()
                     + static_cast<std::ptrdiff_t> (
                         std::min (input.size (), at + 1 + random () % 20)));
      input.insert (place, piece.begin (), piece.end ());
      break;
    }
    }
  }
}

// The beginning of one with the end of another.
base::Bytes
crossed (const base::Bytes &one, const base::Bytes &other,
         std::mt19937_64 &random)
{
  base::Bytes out (one.begin (), one.begin ()
                                     + static_cast<std::ptrdiff_t> (
                                         random () % (one.size () + 1)));
  out.insert (
      out.end (),
      other.begin ()
          + static_cast<std::ptrdiff_t> (random () % (other.size () + 1)),
      other.end ());
  return out;
}

base::Bytes
next_input (const Inputs &corpus, std::mt19937_64 &random)
{
  if (corpus.empty () || 0 != random () % 3)
    return fresh (random);
  base::Bytes out = corpus[random () % corpus.size ()];
  if (0 == random () % 3)
    out = crossed (out, corpus[random () % corpus.size ()], random);
  mutate (out, random);
  return out;
}

void
run_seconds (const std::string &target, std::uint64_t seed, int seconds)
{
  // Before anything else: an abort must not swallow it.
  std::cout << "seed " << seed << std::endl;
  const Inputs corpus = read_corpus (target);
  for (const auto &input : corpus)
    run (input);
  std::mt19937_64 random (seed);
  const auto until
      = std::chrono::steady_clock::now () + std::chrono::seconds (seconds);
  std::uint64_t count = 0;
  for (; std::chrono::steady_clock::now () < until; count++)
    run (next_input (corpus, random));
  std::cout << corpus.size () << " kept inputs, " << count << " new ones\n";
}

bool
is_number (const std::string &text)
{
  return ! text.empty ()
         && std::string::npos == text.find_first_not_of ("0123456789");
}
} // namespace

int
main (int argc, char **argv)
{
  const std::string target
      = std::filesystem::path (argv[0]).filename ().string ();
  failed_name = target + ".failed";
  for (const int signal : { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGTRAP })
    std::signal (signal, &on_failure);
  if (nullptr != LLVMFuzzerInitialize)
    (void)LLVMFuzzerInitialize (&argc, &argv);
  if (argc > 1 && ! is_number (argv[1]))
  {
    for (int i = 1; i < argc; i++)
      run (read_file (argv[i]));
    return 0;
  }
  run_seconds (target,
               argc > 1 ? std::strtoull (argv[1], nullptr, 10)
                        : std::random_device{}(),
               argc > 2 ? std::atoi (argv[2]) : 3);
  return 0;
}
