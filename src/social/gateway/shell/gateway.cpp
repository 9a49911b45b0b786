// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/gateway/shell/gateway.hpp"

#include "social/gateway/shell/verbs.hpp"
#include "social/view/text.hpp"

namespace social::gateway
{
namespace
{
[[nodiscard]] bool
is_media_type (const std::string *header, std::string_view type)
{
  return nullptr != header
         && std::string_view (*header).substr (0, header->find (';')) == type;
}

[[nodiscard]] bool
is_shell_of_user_interface (const std::vector<std::string> &segments)
{
  return segments.size () >= 2 && "social" == segments[0]
         && "ui" == segments[1];
}
} // namespace

Gateway::Gateway (const struct GNUNET_CONFIGURATION_Handle *cfg, Config config)
    : cfg_ (cfg), config_ (std::move (config)),
      guard_ (config_.token, config_.hosts)
{
  if (config_.port)
    guard_.set_port (*config_.port);
  app_ = GNUNET_SOCIAL_app_connect (
      cfg, "gnunet-social-web",
      [] (void *cls, struct GNUNET_SOCIAL_Ego *,
          const struct GNUNET_CRYPTO_EcdsaPublicKey *, const char *) noexcept
      { static_cast<Gateway *> (cls)->news_->look_at_people (); },
      &Gateway::on_place<struct GNUNET_SOCIAL_HostConnection>,
      &Gateway::on_place<struct GNUNET_SOCIAL_GuestConnection>,
      [] (void *cls) noexcept
      { static_cast<Gateway *> (cls)->news_->look_at_places (); },
      this);
  news_ = std::make_unique<News> (app_);
}

// It is new, or its state changed.
template <typename Connection>
void
Gateway::on_place (void *cls, Connection *, struct GNUNET_SOCIAL_Ego *,
                   const struct GNUNET_CRYPTO_EddsaPublicKey *,
                   enum GNUNET_SOCIAL_AppPlaceState) noexcept
{
  static_cast<Gateway *> (cls)->news_->look_at_places ();
}

Gateway::~Gateway ()
{
  news_.reset ();
  GNUNET_SOCIAL_app_disconnect (app_, nullptr, nullptr);
}

std::optional<Answer>
Gateway::body_refusal (const Request &request, Opening &opening) const
{
  const std::string *type = request.header ("content-type");
  const bool is_bytes = is_media_type (type, "application/octet-stream");
  switch (opening.route->body)
  {
  case BodyKind::none:
    return std::nullopt;
  case BodyKind::stream:
  case BodyKind::bytes:
    opening.is_streamed = true;
    break;
  case BodyKind::json_or_stream:
    opening.is_streamed = is_bytes;
    break;
  case BodyKind::json:
    break;
  }
  opening.has_json = ! opening.is_streamed;
  opening.body_bytes_max
      = opening.is_streamed ? config_.upload_bytes_max : config_.json_bytes_max;
  const std::string *length = request.header ("content-length");
  if (nullptr == length && nullptr == request.header ("transfer-encoding"))
    return problem (411, "length_required",
                    "this request needs a body, with its Content-Length");
  const auto size = nullptr == length ? std::nullopt : view::parse_id (*length);
  if (nullptr != length && (! size || *size > opening.body_bytes_max))
    return problem (413, "too_large",
                    "at most " + std::to_string (opening.body_bytes_max)
                        + " bytes are taken here" + config_.who_takes_more);
  if (BodyKind::bytes == opening.route->body && ! is_bytes)
    return problem (415, "wrong_type",
                    "send Content-Type: application/octet-stream");
  if (opening.has_json && ! is_media_type (type, "application/json"))
    return problem (415, "wrong_type",
                    BodyKind::json == opening.route->body
                        ? "send Content-Type: application/json"
                        : "send Content-Type: application/json, or "
                          "application/octet-stream");
  return std::nullopt;
}

std::optional<Answer>
Gateway::busy (Verb verb) const
{
  if (Verb::events == verb ? polls_ < config_.polls_max
                           : operations_ < config_.operations_max)
    return std::nullopt;
  Answer out = problem (429, "busy",
                        "too much is asked at once; try again in a second");
  out.headers.emplace_back ("Retry-After", "1");
  return out;
}

Gateway::Opening
Gateway::admit (const Request &request) const
{
  Opening out;
  if ((out.refusal = guard_.stranger (request)))
    return out;
  const auto segments = path_segments (request.target);
  if (! segments || ! is_shell_of_user_interface (*segments))
    if ((out.refusal = guard_.unknown (request)))
      return out;
  Match match = match_route (request.method,
                             segments.value_or (std::vector<std::string>{}));
  out.route = match.route;
  out.captured = std::move (match.captured);
  if (nullptr == out.route)
  {
    if (match.allow.empty ())
      out.refusal = problem (404, "no_such_path",
                             "there is nothing of that name; see "
                             "/social/openapi.json");
    else
    {
      out.refusal = problem (405, "wrong_method",
                             request.method + " means nothing here; "
                                 + match.allow + " do");
      out.refusal->headers.emplace_back ("Allow", match.allow);
    }
    return out;
  }
  out.refusal = body_refusal (request, out);
  if (! out.refusal)
    out.refusal = busy (out.route->verb);
  return out;
}

std::unique_ptr<Gateway::Ticket>
Gateway::ticket_for (Verb verb)
{
  return std::make_unique<Ticket> (Verb::events == verb ? polls_ : operations_);
}

std::unique_ptr<Operation>
Gateway::open (Exchange &exchange, const Opening &opening)
{
  return make_operation (
      Context{ *this, exchange, *opening.route, opening.captured });
}

void
Gateway::stop_waiting ()
{
  news_->stop_waiting ();
}
} // namespace social::gateway
