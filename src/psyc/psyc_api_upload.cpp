// SPDX-License-Identifier: AGPL-3.0-or-later
//
// See psyc_api_upload.hpp; and the C interface of uploads.
#include "psyc/psyc_api_upload.hpp"

#include "psyc/message/part_checker.hpp"
#include "shell/random_tag.hpp"

using namespace psyc;

namespace psyc::api
{
bool
is_watch (const GNUNET_PSYC_Upload &upload)
{
  return 0 != (upload.id & local::upload_watch_bit);
}

bool
ends_input (base::ByteView parts)
{
  const RunCheck check = check_run (parts);
  return 0 != check.count
         && (PartType::end == check.last || PartType::cancel == check.last);
}
} // namespace psyc::api

struct GNUNET_PSYC_Upload *
GNUNET_PSYC_channel_upload (struct GNUNET_PSYC_Channel *channel,
                            const struct GNUNET_Uuid *tag, uint32_t flags,
                            GNUNET_PSYC_UploadReadyCallback ready_cb,
                            GNUNET_PSYC_SendStateCallback state_cb, void *cls)
{
  return channel->upload (nullptr == tag
                              ? shell::random_tag ()
                              : shell::from_gnunet<base::SendTag> (*tag),
                          flags, ready_cb, state_cb, cls);
}

struct GNUNET_PSYC_Upload *
GNUNET_PSYC_channel_upload_watch (struct GNUNET_PSYC_Channel *channel,
                                  const struct GNUNET_Uuid *tag,
                                  GNUNET_PSYC_SendStateCallback state_cb,
                                  void *cls)
{
  if (nullptr == state_cb)
    return nullptr;
  return channel->watch (shell::from_gnunet<base::SendTag> (*tag), state_cb,
                         cls);
}

int
GNUNET_PSYC_upload_parts (struct GNUNET_PSYC_Upload *upload, const void *parts,
                          uint16_t size)
{
  return upload->channel.push (
      *upload, { static_cast<const std::uint8_t *> (parts), size });
}

void
GNUNET_PSYC_upload_cancel (struct GNUNET_PSYC_Upload *upload)
{
  upload->channel.cancel (*upload);
}

void
GNUNET_PSYC_upload_detach (struct GNUNET_PSYC_Upload *upload)
{
  upload->channel.detach (*upload);
}
