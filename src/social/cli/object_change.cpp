// SPDX-License-Identifier: AGPL-3.0-or-later
#include "social/cli/object_change.hpp"

#include "psyc/message/names.hpp"

namespace social::cli
{
std::optional<ObjectChange>
parse_object_change (const std::string &word)
{
  ObjectChange out;
  const std::size_t equals = word.find ('=');
  out.name = word.substr (0, equals);
  if (std::string::npos != equals)
  {
    out.value = word.substr (equals + 1);
    const auto oper = psyc::operator_from (static_cast<std::uint8_t> (
        out.name.empty () ? '\0' : out.name.back ()));
    if (oper && psyc::Operator::set != *oper && psyc::Operator::assign != *oper)
    {
      out.oper = *oper;
      out.name.pop_back ();
    }
  }
  if (! psyc::is_name (out.name))
    return std::nullopt;
  return out;
}
} // namespace social::cli
