// SPDX-License-Identifier: AGPL-3.0-or-later
//
// How the library sends: pushed and pulled messages, windows, restarts.
#include "lib_fixture.hpp"

#include "psyc/message/part_checker.hpp"

using namespace test;

namespace
{
using psyc::transfer::SendState;

// What an upload called.
struct Upload
{
  struct GNUNET_PSYC_Upload *handle = nullptr;
  int ready = 0;
  std::vector<int> states;
  std::uint64_t message_id = 0;
  std::string reason;
  std::function<void ()> on_state;

  static void
  ready_cb (void *cls) noexcept
  {
    static_cast<Upload *> (cls)->ready++;
  }

  static void
  state_cb (void *cls, enum GNUNET_PSYC_SendState state, std::uint64_t,
            std::uint64_t message_id, std::uint32_t,
            const char *reason) noexcept
  {
    auto *self = static_cast<Upload *> (cls);
    self->states.push_back (state);
    self->message_id = message_id;
    self->reason = nullptr == reason ? "" : reason;
    Recorder::call (self->on_state);
  }
};

class PsycSending : public PsycLib
{
protected:
  [[nodiscard]] struct GNUNET_PSYC_Channel *
  channel ()
  {
    return GNUNET_PSYC_master_get_channel (master_);
  }

  void
  open (Upload &upload)
  {
    upload.handle = GNUNET_PSYC_channel_upload (
        channel (), nullptr, 0, &Upload::ready_cb, &Upload::state_cb, &upload);
  }

  static int
  push (Upload &upload, const base::Bytes &parts)
  {
    return GNUNET_PSYC_upload_parts (
        upload.handle, parts.data (),
        static_cast<std::uint16_t> (parts.size ()));
  }

  // All parts that connection got for one upload.
  [[nodiscard]] base::Bytes
  sent (std::size_t connection, std::uint64_t upload_id = 1)
  {
    base::Bytes out;
    for (const auto &upload :
         service_.connection (connection).all<local::Upload> ())
      if (upload.upload_id == upload_id)
        out.insert (out.end (), upload.parts.bytes.begin (),
                    upload.parts.bytes.end ());
    return out;
  }

  void
  tell (std::uint64_t upload_id, SendState state, std::uint64_t message_id = 0)
  {
    local::UploadState said;
    said.upload_id = upload_id;
    said.state = state;
    said.message_id = message_id;
    service_.newest ().say (said);
  }
};
} // namespace

TEST_F (PsycSending, APushedMessageArrivesAndItsFateComesBack)
{
  Upload upload;
  const auto message = parts_of_message ("_message", "hello");
  begin_master ();
  script_
      .act (
          [&]
          {
            open (upload);
            EXPECT_EQ (push (upload, message), GNUNET_YES);
            EXPECT_EQ (push (upload, message), GNUNET_SYSERR); // it has ended
          })
      .until ("it", [&] { return sent (0) == message; })
      .act ([&] { tell (1, SendState::stored, 17); })
      .until ("its fate", [&] { return ! upload.states.empty (); })
      .act (
          [&]
          {
            EXPECT_EQ (upload.states[0], GNUNET_PSYC_SEND_STORED);
            EXPECT_EQ (upload.message_id, 17u);
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycSending, WhatIsGivenBeforeTheServiceIsThereIsSentOnce)
{
  Upload upload;
  const auto message = parts_of_message ("_message", "early");
  script_
      .act (
          [&]
          {
            master_ = start_master (seen_);
            open (upload);
            EXPECT_EQ (push (upload, message), GNUNET_YES);
          })
      .rest (20)
      .act ([&] { service_.start (); })
      .until ("a hello", [&] { return service_.heard<local::MasterStart> (0); })
      .act (
          [&]
          {
            EXPECT_EQ (service_.newest ().count<local::Upload> (), 0u);
            service_.newest ().say (started (0));
          })
      .until ("it", [&] { return ! sent (0).empty (); })
      .rest (20)
      .act ([&] { EXPECT_EQ (sent (0), message); });
  end_master ();
  script_.run ();
}

TEST_F (PsycSending, AnUnconfirmedMessageIsSaidAgainWithItsTag)
{
  Upload upload;
  const auto message = parts_of_message ("_message", "again");
  begin_master ();
  script_
      .act (
          [&]
          {
            open (upload);
            (void)push (upload, message);
          })
      .until ("it", [&] { return sent (0) == message; });
  come_back<local::MasterStart> (1, 0);
  script_.until ("it again", [&] { return sent (1) == message; })
      .act (
          [&]
          {
            EXPECT_EQ (service_.connection (0).last<local::Upload> ().tag,
                       service_.connection (1).last<local::Upload> ().tag);
            tell (1, SendState::stored, 1);
          })
      .until ("its fate", [&] { return ! upload.states.empty (); });
  come_back<local::MasterStart> (2, 0);
  script_.until ("a third start", [&] { return 3 == seen_.starts; })
      .rest (20)
      .act (
          [&]
          {
            EXPECT_TRUE (sent (2).empty ());
            EXPECT_EQ (upload.states.size (), 1u);
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycSending, AQueuedMessageIsAskedAboutNotRepeated)
{
  Upload upload;
  begin_master ();
  script_
      .act (
          [&]
          {
            open (upload);
            (void)push (upload, parts_of_message ("_message", "queued"));
          })
      .until ("it", [&] { return ! sent (0).empty (); })
      .act ([&] { tell (1, SendState::queued); })
      .until ("queued", [&] { return ! upload.states.empty (); });
  come_back<local::MasterStart> (1, 0);
  script_
      .until ("a question",
              [&] { return service_.heard<local::UploadQuery> (1); })
      .act (
          [&]
          {
            EXPECT_TRUE (sent (1).empty ());
            tell (1, SendState::accepted, 5);
          })
      .until ("its fate", [&] { return 2 == upload.states.size (); })
      .act ([&] { EXPECT_EQ (upload.states[1], GNUNET_PSYC_SEND_ACCEPTED); });
  end_master ();
  script_.run ();
}

TEST_F (PsycSending, TheWindowHoldsAndReadyComesWithCredit)
{
  Upload upload;
  const auto piece = data_part (std::string (50000, 'x'));
  std::size_t given = 0;
  begin_master ();
  script_
      .act (
          [&]
          {
            open (upload);
            EXPECT_EQ (push (upload, method_part ("_big")), GNUNET_YES);
            while (given < 100 && GNUNET_YES == push (upload, piece))
              given++;
            EXPECT_LT (given, 8u);
          })
      .rest (30)
      .act (
          [&]
          {
            EXPECT_LE (sent (0).size (),
                       std::size_t{ psyc::transfer::window_bytes });
            EXPECT_EQ (upload.ready, 0);
            local::UploadCredit credit;
            credit.upload_id = 1;
            credit.bytes = 200000;
            service_.newest ().say (credit);
          })
      .until ("ready", [&] { return 1 == upload.ready; })
      .act ([&] { GNUNET_PSYC_upload_cancel (upload.handle); })
      .until ("a cancel",
              [&] { return service_.heard<local::UploadCancel> (0); })
      .rest (20)
      .act ([&] { EXPECT_TRUE (upload.states.empty ()); });
  end_master ();
  script_.run ();
}

TEST_F (PsycSending, AMessageTooLongToKeepFailsWhenTheServiceDies)
{
  Upload upload;
  const auto piece = data_part (std::string (50000, 'x'));
  std::size_t credited = 0;
  int given = 0;
  begin_master ();
  script_
      .act (
          [&]
          {
            open (upload);
            (void)push (upload, method_part ("_long"));
          })
      .until ("two MiB sent",
              [&]
              {
                local::UploadCredit credit;
                credit.upload_id = 1;
                credit.bytes
                    = static_cast<std::uint32_t> (sent (0).size () - credited);
                credited += credit.bytes;
                if (0 != credit.bytes)
                  service_.newest ().say (credit);
                if (sent (0).size () + 100000
                    > 50000u * static_cast<unsigned> (given))
                {
                  given++;
                  (void)push (upload, piece);
                }
                return sent (0).size () > 2u << 20;
              })
      .act ([&] { service_.restart (); })
      .until ("its failure", [&] { return ! upload.states.empty (); })
      .act (
          [&]
          {
            EXPECT_EQ (upload.states[0], GNUNET_PSYC_SEND_FAILED);
            EXPECT_EQ (upload.reason, "the service went away in the middle");
          });
  drop_master ();
  script_.until ("the end", [&] { return 1 == seen_.stops; });
  script_.run ();
}

TEST_F (PsycSending, MalformedPartsEndTheUploadByName)
{
  Upload upload;
  begin_master ();
  script_
      .act (
          [&]
          {
            open (upload);
            EXPECT_EQ (push (upload, data_part ("before its method")),
                       GNUNET_SYSERR);
            EXPECT_TRUE (upload.states.empty ());
          })
      .until ("its failure", [&] { return ! upload.states.empty (); })
      .act (
          [&]
          {
            EXPECT_EQ (upload.states[0], GNUNET_PSYC_SEND_FAILED);
            EXPECT_FALSE (upload.reason.empty ());
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycSending, SixtyFourKibibytesOfPartsAtOnceArriveWhole)
{
  Upload upload;
  base::Bytes parts = method_part ("_message");
  const auto data = data_part (std::string (30000, 'x'));
  parts.insert (parts.end (), data.begin (), data.end ());
  parts.insert (parts.end (), data.begin (), data.end ());
  const auto small = data_part (std::string (5000, 'x'));
  parts.insert (parts.end (), small.begin (), small.end ());
  const auto end = end_part ();
  parts.insert (parts.end (), end.begin (), end.end ());
  begin_master ();
  script_
      .act (
          [&]
          {
            open (upload);
            EXPECT_EQ (push (upload, parts), GNUNET_YES);
          })
      .until ("all", [&] { return sent (0).size () >= parts.size (); })
      .act (
          [&]
          {
            const base::Bytes all = sent (0);
            psyc::PartReader reader (all);
            std::size_t bytes = 0;
            while (const auto part = reader.next ())
              if (const auto *it = std::get_if<psyc::DataPart> (&*part))
                bytes += it->data.size ();
            EXPECT_EQ (bytes, 65000u);
            EXPECT_EQ (reader.error (), psyc::PartError::none);
          });
  end_master ();
  script_.run ();
}

TEST_F (PsycSending, CallbacksMayEndTheChannel)
{
  Upload upload;
  begin_master ();
  script_
      .act (
          [&]
          {
            open (upload);
            upload.on_state = [&]
            {
              GNUNET_PSYC_upload_detach (upload.handle);
              stop_master_at_once ();
            };
            (void)push (upload, parts_of_message ("_message", "x"));
          })
      .until ("it", [&] { return ! sent (0).empty (); })
      .act (
          [&]
          {
            tell (1, SendState::queued);
            tell (1, SendState::stored, 1);
          })
      .until ("a Part", [&] { return service_.heard<local::Part> (0); })
      .act ([&] { service_.newest ().say (local::PartAck{}); })
      .until ("the end", [&] { return 1 == seen_.stops; })
      .act ([&] { EXPECT_EQ (upload.states.size (), 1u); });
  script_.run ();
}

TEST_F (PsycSending, AMessageOfAnEarlierLifeCanBeWatched)
{
  Upload upload;
  const struct GNUNET_Uuid tag = { .value = { 1, 2, 3 } };
  begin_master ();
  script_
      .act (
          [&]
          {
            upload.handle = GNUNET_PSYC_channel_upload_watch (
                channel (), &tag, &Upload::state_cb, &upload);
          })
      .until ("a question",
              [&] { return service_.heard<local::UploadQuery> (0); });
  come_back<local::MasterStart> (1, 0);
  script_
      .until ("the question again",
              [&] { return service_.heard<local::UploadQuery> (1); })
      .act (
          [&]
          {
            const auto query = service_.newest ().last<local::UploadQuery> ();
            EXPECT_EQ (query.tag, shell::from_gnunet<base::SendTag> (tag));
            tell (query.upload_id, SendState::queued);
            tell (query.upload_id, SendState::accepted, 8);
          })
      .until ("its fate", [&] { return 2 == upload.states.size (); })
      .act ([&] { EXPECT_EQ (upload.message_id, 8u); });
  end_master ();
  script_.run ();
}

// ---- Pulled messages ---------------------------------------------------

namespace
{
// Two modifiers, one of them long, then a body in pieces; with pauses.
struct Source
{
  std::string long_value = std::string (100000, 'v');
  std::size_t value_given = 0;
  int modifier = 0;
  int pauses = 0; // so many pauses before data
  int pieces = 3;
  int calls = 0;
  std::function<void ()> on_data;

  static int
  modifier_cb (void *cls, std::uint16_t *size, void *data, std::uint8_t *oper,
               std::uint32_t *full_size) noexcept
  {
    auto *self = static_cast<Source *> (cls);
    auto *out = static_cast<char *> (data);
    if (nullptr == oper)
    {
      const std::size_t left = self->long_value.size () - self->value_given;
      const std::size_t now = std::min<std::size_t> (left, *size);
      std::memcpy (out, self->long_value.data () + self->value_given, now);
      self->value_given += now;
      *size = static_cast<std::uint16_t> (now);
      // As in 2019: YES means that this value is complete.
      return self->value_given == self->long_value.size () ? GNUNET_YES
                                                           : GNUNET_NO;
    }
    switch (++self->modifier)
    {
    case 1:
    {
      const std::size_t room = *size - 6u;
      std::memcpy (out, "_long", 6);
      std::memcpy (out + 6, self->long_value.data (), room);
      self->value_given = room;
      *oper = '=';
      *full_size = static_cast<std::uint32_t> (self->long_value.size ());
      return GNUNET_NO;
    }
    case 2:
      std::memcpy (out, "_short\0abc", 10);
      *size = 10;
      *oper = ':';
      *full_size = 3;
      return GNUNET_NO;
    default:
      *size = 0;
      return GNUNET_YES;
    }
  }

  static int
  data_cb (void *cls, std::uint16_t *size, void *data) noexcept
  {
    auto *self = static_cast<Source *> (cls);
    self->calls++;
    const auto hook = self->on_data;
    if (hook)
      hook ();
    if (self->pauses > 0)
    {
      self->pauses--;
      *size = 0;
      return GNUNET_NO;
    }
    std::memcpy (data, "piece", 5);
    *size = 5;
    return 0 == --self->pieces ? GNUNET_YES : GNUNET_NO;
  }
};

struct Content
{
  std::vector<std::string> names;
  std::map<std::string, std::string> values;
  std::string body;
  bool has_end = false;
};

Content
content_of (const base::Bytes &parts)
{
  Content out;
  psyc::PartReader reader (parts);
  psyc::PartChecker checker;
  while (const auto part = reader.next ())
  {
    EXPECT_EQ (checker.on_part (*part), psyc::PartError::none);
    if (const auto *modifier = std::get_if<psyc::ModifierPart> (&*part))
    {
      out.names.emplace_back (modifier->name);
      out.values[out.names.back ()] = base::as_text (modifier->value);
    }
    else if (const auto *more = std::get_if<psyc::ModContPart> (&*part))
      out.values[out.names.back ()] += base::as_text (more->value);
    else if (const auto *data = std::get_if<psyc::DataPart> (&*part))
      out.body += base::as_text (data->data);
  }
  EXPECT_EQ (reader.error (), psyc::PartError::none);
  out.has_end = psyc::PartChecker::State::ended == checker.state ();
  return out;
}

class PsycPulling : public PsycSending
{
protected:
  [[nodiscard]] struct GNUNET_PSYC_MasterTransmitHandle *
  transmit (Source &source)
  {
    return GNUNET_PSYC_master_transmit (
        master_, "_notice", &Source::modifier_cb, &Source::data_cb, &source,
        GNUNET_PSYC_MASTER_TRANSMIT_NONE);
  }

  void
  await_end (std::uint64_t upload_id = 1)
  {
    script_.until ("the whole message", [this, upload_id]
                   { return content_of (sent (0, upload_id)).has_end; });
  }
};
} // namespace

TEST_F (PsycPulling, ModifiersAfterALongOneAndTheBodyAllArrive)
{
  Source source;
  begin_master ();
  script_.act (
      [&]
      {
        EXPECT_NE (transmit (source), nullptr);
        EXPECT_EQ (source.modifier, 0); // nothing before it returned
      });
  await_end ();
  script_.act (
      [&]
      {
        const auto content = content_of (sent (0));
        EXPECT_EQ (content.names,
                   (std::vector<std::string>{ "_long", "_short" }));
        EXPECT_EQ (content.values.at ("_long"), source.long_value);
        EXPECT_EQ (content.values.at ("_short"), "abc");
        EXPECT_EQ (content.body, "piecepiecepiece");
      });
  end_master ();
  script_.run ();
}

TEST_F (PsycPulling, OneAtATimeAndTheNextAfterIt)
{
  Source first, second, third;
  first.pauses = 1;
  struct GNUNET_PSYC_MasterTransmitHandle *handle = nullptr;
  begin_master ();
  script_
      .act (
          [&]
          {
            handle = transmit (first);
            EXPECT_NE (handle, nullptr);
            EXPECT_EQ (transmit (second), nullptr);
          })
      .until ("the pause", [&] { return 1 == first.calls; })
      .rest (30)
      .act (
          [&]
          {
            EXPECT_EQ (first.calls, 1);
            EXPECT_EQ (transmit (second), nullptr);
            // What was given before the pause is on its way.
            EXPECT_EQ (content_of (sent (0)).names.size (), 2u);
            GNUNET_PSYC_master_transmit_resume (handle);
          });
  await_end ();
  script_.until ("its last pull", [&] { return 4 == first.calls; })
      .rest (5)
      .act ([&] { EXPECT_NE (transmit (third), nullptr); });
  await_end (2);
  end_master ();
  script_.run ();
}

TEST_F (PsycPulling, AfterASmallMessageTheChannelSendsAgain)
{
  int done = 0;
  Source sources[5];
  for (auto &source : sources)
    source.pieces = 1;
  begin_master ();
  script_.until ("five messages, one after the other",
                 [&]
                 {
                   if (done < 5 && nullptr != transmit (sources[done]))
                     done++;
                   return 5 == done;
                 });
  await_end (5);
  end_master ();
  script_.run ();
}

TEST_F (PsycPulling, ACancelledMessageIsToldAndMakesRoom)
{
  Source source, next;
  source.pauses = 1;
  struct GNUNET_PSYC_MasterTransmitHandle *handle = nullptr;
  begin_master ();
  script_.act ([&] { handle = transmit (source); })
      .until ("the pause", [&] { return 1 == source.calls; })
      .act (
          [&]
          {
            GNUNET_PSYC_master_transmit_cancel (handle);
            GNUNET_PSYC_master_transmit_cancel (handle); // late: harmless
            GNUNET_PSYC_master_transmit_resume (handle);
            EXPECT_NE (transmit (next), nullptr);
          })
      .until ("a cancel",
              [&] { return service_.heard<local::UploadCancel> (0); });
  await_end (2);
  script_.act ([&] { EXPECT_EQ (source.calls, 1); });
  end_master ();
  script_.run ();
}

TEST_F (PsycPulling, MayBeCancelledInsideItsCallback)
{
  Source source, next;
  struct GNUNET_PSYC_MasterTransmitHandle *handle = nullptr;
  begin_master ();
  script_.act (
      [&]
      {
        source.on_data = [&]
        {
          GNUNET_PSYC_master_transmit_cancel (handle);
          EXPECT_NE (transmit (next), nullptr);
        };
        handle = transmit (source);
      });
  await_end (2);
  script_.act ([&] { EXPECT_EQ (source.calls, 1); });
  end_master ();
  script_.run ();
}

TEST_F (PsycPulling, TheChannelMayEndInsideItsCallback)
{
  Source source;
  begin_master ();
  script_
      .act (
          [&]
          {
            source.on_data = [&] { stop_master_at_once (); };
            (void)transmit (source);
          })
      .until ("a Part", [&] { return service_.heard<local::Part> (0); })
      .act ([&] { service_.newest ().say (local::PartAck{}); })
      .until ("the end", [&] { return 1 == seen_.stops; })
      .act ([&] { EXPECT_EQ (source.calls, 1); });
  script_.run ();
}

TEST_F (PsycPulling, ALongBodyIsPulledNoFasterThanItIsTaken)
{
  Source source;
  source.pieces = 1000000;
  begin_master ();
  script_.act ([&] { (void)transmit (source); })
      .rest (200)
      .act (
          [&]
          {
            EXPECT_LE (sent (0).size (),
                       std::size_t{ psyc::transfer::window_bytes });
            EXPECT_LT (source.calls, 100000);
          });
  end_master ();
  script_.run ();
}
