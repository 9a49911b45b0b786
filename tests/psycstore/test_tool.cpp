// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-psycstore and the archives, on real services: two stores, one channel
// with a real key. A file that is cut off, altered or interrupted changes
// nothing.
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <random>
#include <sstream>

#include "gnunet_psycstore_service.h"
#include "psycstore/core/fragment.hpp"
#include "samples.hpp"
#include "service_process.hpp"
#include "shell/gnunet_crypto.hpp"

using namespace psycstore;

namespace
{
constexpr std::uint64_t messages = 400;

struct Said
{
  int status = 0;
  std::string out;
};

class Tool : public testing::Test
{
protected:
  static void
  SetUpTestSuite ()
  {
    GNUNET_CRYPTO_eddsa_key_create (&private_key_);
    GNUNET_CRYPTO_eddsa_key_get_public (&private_key_, &public_key_);
    char *text = GNUNET_CRYPTO_eddsa_public_key_to_string (&public_key_);
    key_ = text;
    GNUNET_free (text);
  }

  Tool ()
  {
    char pattern[] = "/tmp/psycstore-tool-XXXXXX";
    directory_ = ::mkdtemp (pattern);
    here_.start ();
    there_.start ();
  }
  ~Tool () override { std::filesystem::remove_all (directory_); }

  [[nodiscard]] std::string
  file (const std::string &name) const
  {
    return directory_ / name;
  }

  [[nodiscard]] Said
  tool (const ServiceProcess &service, const std::string &arguments) const
  {
    const std::string command = "src/psycstore/gnunet-psycstore -c "
                                + service.config_path ().string () + " "
                                + arguments + " > " + file ("out")
                                + " 2>&1 < /dev/null";
    Said said;
    const int status = std::system (command.c_str ());
    said.status = WIFEXITED (status) ? WEXITSTATUS (status) : -1;
    std::stringstream out;
    out << std::ifstream (file ("out")).rdbuf ();
    said.out = out.str ();
    return said;
  }

  // A fragment with a real signature.
  [[nodiscard]] static base::Bytes
  signed_fragment (std::uint64_t id)
  {
    samples::FragmentSpec spec;
    spec.fragment_id = id;
    spec.message_id = id;
    spec.body = samples::message_bodies (
        "_message", 1, { { '=', "_count", std::to_string (id) } },
        std::string (id % 300, 'x'))[0];
    base::Bytes bytes = samples::fragment (spec);
    constexpr std::size_t signature_at = 8;
    constexpr std::size_t signed_at = signature_at + 64 + 8;
    const base::Bytes block = shell::purpose_block (
        port::Purpose::fragment, base::ByteView (bytes).subspan (signed_at));
    struct GNUNET_CRYPTO_EddsaSignature signature;
    EXPECT_EQ (GNUNET_OK, GNUNET_CRYPTO_eddsa_sign_ (&private_key_,
                                                     shell::as_purpose (block),
                                                     &signature));
    std::memcpy (bytes.data () + signature_at, &signature, sizeof (signature));
    return bytes;
  }

  // Stores the channel in `here_`.
  void
  fill ()
  {
    struct Filling
    {
      struct GNUNET_PSYCSTORE_Handle *handle = nullptr;
      std::uint64_t waits = 0;
    } filling;
    const auto on_done
        = [] (void *cls, std::int64_t result, const char *why, std::uint16_t)
    {
      auto *f = static_cast<Filling *> (cls);
      EXPECT_EQ (GNUNET_OK, result) << (nullptr == why ? "" : why);
      if (0 == --f->waits)
        GNUNET_PSYCSTORE_disconnect (f->handle);
    };
    std::function<void ()> start = [&]
    {
      filling.handle = GNUNET_PSYCSTORE_connect (here_.cfg ());
      for (std::uint64_t id = 1; id <= messages; id++)
      {
        const base::Bytes bytes = signed_fragment (id);
        filling.waits += 2;
        GNUNET_PSYCSTORE_fragment_store (
            filling.handle, &public_key_,
            reinterpret_cast<const struct GNUNET_MULTICAST_MessageHeader *> (
                bytes.data ()),
            GNUNET_PSYCSTORE_MESSAGE_STATE, on_done, &filling);
        GNUNET_PSYCSTORE_state_modify (filling.handle, &public_key_, id, 1,
                                       on_done, &filling);
      }
      filling.waits++;
      GNUNET_PSYCSTORE_record_store (filling.handle, &public_key_, nullptr,
                                     messages, GNUNET_NO, "a record", 8,
                                     on_done, &filling);
    };
    GNUNET_SCHEDULER_run (
        [] (void *cls) { (*static_cast<std::function<void ()> *> (cls)) (); },
        &start);
  }

  static std::string
  content (const std::string &path)
  {
    std::stringstream out;
    out << std::ifstream (path, std::ios::binary).rdbuf ();
    return out.str ();
  }

  static void
  write (const std::string &path, const std::string &bytes)
  {
    std::ofstream (path, std::ios::binary) << bytes;
  }

  static inline struct GNUNET_CRYPTO_EddsaPrivateKey private_key_;
  static inline struct GNUNET_CRYPTO_EddsaPublicKey public_key_;
  static inline std::string key_;

  std::filesystem::path directory_;
  ServiceProcess here_;
  ServiceProcess there_;
};

TEST_F (Tool, CopiesAChannelToAnotherStore)
{
  fill ();
  const Said listed = tool (here_, "-j list");
  EXPECT_EQ (0, listed.status) << listed.out;
  EXPECT_NE (std::string::npos,
             listed.out.find ("\"messages\":" + std::to_string (messages)))
      << listed.out;
  const Said checked = tool (here_, "check");
  EXPECT_EQ (0, checked.status);
  EXPECT_EQ (key_ + ": sound\n", checked.out);

  const std::string path = file ("a");
  EXPECT_EQ (0,
             tool (here_, "export " + key_.substr (0, 10) + " " + path).status);
  EXPECT_EQ (0600,
             static_cast<int> (std::filesystem::status (path).permissions ())
                 & 0777);
  // Never over a file that is there.
  EXPECT_EQ (1, tool (here_, "export " + key_ + " " + path).status);

  EXPECT_EQ (0, tool (there_, "import " + path).status);
  EXPECT_EQ (listed.out, tool (there_, "-j list").out);
  EXPECT_EQ (key_ + ": sound\n", tool (there_, "check " + key_).out);
  // Never over a channel that is there.
  const Said again = tool (there_, "import " + path);
  EXPECT_EQ (1, again.status);
  EXPECT_NE (std::string::npos, again.out.find ("here already")) << again.out;
  // A copy of the copy is the same.
  EXPECT_EQ (0, tool (there_, "export " + key_ + " " + file ("b")).status);
  EXPECT_EQ (std::filesystem::file_size (path),
             std::filesystem::file_size (file ("b")));
}

TEST_F (Tool, RefusesFilesThatAreCutOffOrAlteredAndChangesNothing)
{
  fill ();
  ASSERT_EQ (0, tool (here_, "export " + key_ + " " + file ("a")).status);
  const std::string whole = content (file ("a"));
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random (seed);
  std::vector<std::string> wrong
      = { "", whole.substr (0, 10), whole.substr (0, whole.size () - 1),
          whole + "x", "no archive at all, but some text in its place" };
  for (int i = 0; i < 6; i++)
  {
    wrong.push_back (whole.substr (0, random () % whole.size ()));
    std::string altered = whole;
    const std::size_t at = random () % whole.size ();
    altered[at] = static_cast<char> (altered[at] ^ (1 << random () % 8));
    wrong.push_back (altered);
  }
  for (const std::string &bytes : wrong)
  {
    write (file ("wrong"), bytes);
    const Said said = tool (there_, "import " + file ("wrong"));
    EXPECT_EQ (1, said.status) << bytes.size ();
    EXPECT_NE (std::string::npos, said.out.find (file ("wrong"))) << said.out;
  }
  EXPECT_EQ ("", tool (there_, "list").out);
  EXPECT_EQ (0, tool (there_, "import " + file ("a")).status);
}

TEST_F (Tool, LeavesNothingOfAnImportThatWasInterrupted)
{
  fill ();
  ASSERT_EQ (0, tool (here_, "export " + key_ + " " + file ("a")).status);
  for (int i = 0; i < 4; i++)
  {
    const pid_t pid = ::fork ();
    if (0 == pid)
    {
      const std::string config = there_.config_path ().string ();
      ::execl ("src/psycstore/gnunet-psycstore", "gnunet-psycstore", "-c",
               config.c_str (), "import", file ("a").c_str (), nullptr);
      ::_exit (127);
    }
    ::usleep (static_cast<useconds_t> (15000 * (i + 1)));
    if (0 == i % 2)
      there_.stop (SIGKILL);
    ::kill (pid, SIGKILL);
    ::waitpid (pid, nullptr, 0);
    if (0 == i % 2)
      there_.start ();
    const Said listed = tool (there_, "list");
    if (listed.out.empty ())
      continue;
    // It was through already.
    EXPECT_EQ (key_ + ": sound\n", tool (there_, "check").out);
    return;
  }
  EXPECT_EQ (0, tool (there_, "import " + file ("a")).status);
  EXPECT_EQ (key_ + ": sound\n", tool (there_, "check").out);
}

TEST_F (Tool, SaysHowMuchIsKept)
{
  fill ();
  // All of it changes the state, and there is no checkpoint: nothing goes.
  EXPECT_EQ (0, tool (here_, "retain " + key_ + " --count 10").status);
  const Said listed = tool (here_, "list");
  EXPECT_NE (std::string::npos, listed.out.find ("keeps 10 messages"))
      << listed.out;
  EXPECT_NE (std::string::npos,
             listed.out.find (std::to_string (messages) + " messages"));
  EXPECT_EQ (0, tool (here_, "retain " + key_ + " --default").status);
  EXPECT_EQ (std::string::npos, tool (here_, "list").out.find ("keeps"));
}

TEST_F (Tool, NamesWhatIsWrongWithACommand)
{
  for (const char *wrong : { "", "nonsense", "list more", "export", "import",
                             "retain x", "retain x --count 1 --default" })
    EXPECT_EQ (2, tool (here_, wrong).status) << wrong;
  for (const char *failing : { "check abc", "export abc /tmp/never-written",
                               "import /no/such/file", "retain abc --default" })
  {
    const Said said = tool (here_, failing);
    EXPECT_EQ (1, said.status) << failing;
    EXPECT_FALSE (said.out.empty ());
  }
  fill ();
  for (const char *limits :
       { "--age soon", "--count -1", "--count 1x", "--bytes many" })
    EXPECT_EQ (2, tool (here_, "retain " + key_ + " " + limits).status)
        << limits;
}
} // namespace
