// SPDX-License-Identifier: AGPL-3.0-or-later
//
// Environments: gnunet_psyc_env.h, first half.
#include "psyc/message/c_api/environment.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace
{
void
link_last (struct GNUNET_PSYC_Environment *env,
           std::unique_ptr<EnvironmentModifier> owned)
{
  struct GNUNET_PSYC_Modifier *mod = &owned->mod;
  mod->next = nullptr;
  mod->prev = env->tail;
  (nullptr == env->tail ? env->head : env->tail->next) = mod;
  env->tail = mod;
  env->count++;
  env->modifiers.emplace (mod, std::move (owned));
}

// Out of the list; the caller decides how long it lives on. NULL when it is
// not in it.
std::unique_ptr<EnvironmentModifier>
unlink (struct GNUNET_PSYC_Environment *env, struct GNUNET_PSYC_Modifier *mod)
{
  const auto at = env->modifiers.find (mod);
  if (env->modifiers.end () == at)
    return nullptr;
  (nullptr == mod->prev ? env->head : mod->prev->next) = mod->next;
  (nullptr == mod->next ? env->tail : mod->next->prev) = mod->prev;
  env->count--;
  auto owned = std::move (at->second);
  env->modifiers.erase (at);
  return owned;
}
} // namespace

struct GNUNET_PSYC_Environment *
GNUNET_PSYC_env_create (void)
{
  return new GNUNET_PSYC_Environment ();
}

void
GNUNET_PSYC_env_add (struct GNUNET_PSYC_Environment *env,
                     enum GNUNET_PSYC_Operator oper, const char *name,
                     const void *value, size_t value_size)
{
  auto owned = std::make_unique<EnvironmentModifier> ();
  owned->mod.oper = oper;
  owned->mod.name = name;
  owned->mod.value = value;
  owned->mod.value_size = value_size;
  link_last (env, std::move (owned));
}

void
GNUNET_PSYC_env_add_copy (struct GNUNET_PSYC_Environment *env,
                          enum GNUNET_PSYC_Operator oper, const char *name,
                          const void *value, size_t value_size)
{
  auto owned = std::make_unique<EnvironmentModifier> ();
  owned->name = name;
  if (0 != value_size)
  {
    const auto *bytes = static_cast<const std::uint8_t *> (value);
    owned->value.assign (bytes, bytes + value_size);
  }
  owned->mod.oper = oper;
  owned->mod.name = owned->name.c_str ();
  owned->mod.value = owned->value.data ();
  owned->mod.value_size = value_size;
  link_last (env, std::move (owned));
}

struct GNUNET_PSYC_Modifier *
GNUNET_PSYC_env_head (const struct GNUNET_PSYC_Environment *env)
{
  return env->head;
}

struct GNUNET_PSYC_Modifier *
GNUNET_PSYC_env_tail (const struct GNUNET_PSYC_Environment *env)
{
  return env->tail;
}

void
GNUNET_PSYC_env_remove (struct GNUNET_PSYC_Environment *env,
                        struct GNUNET_PSYC_Modifier *mod)
{
  (void)unlink (env, mod);
}

int
GNUNET_PSYC_env_shift (struct GNUNET_PSYC_Environment *env,
                       enum GNUNET_PSYC_Operator *oper, const char **name,
                       const void **value, size_t *value_size)
{
  if (nullptr == env->head)
    return GNUNET_NO;
  auto owned = unlink (env, env->head);
  *oper = owned->mod.oper;
  *name = owned->mod.name;
  *value = owned->mod.value;
  *value_size = owned->mod.value_size;
  if (owned->name.c_str () == owned->mod.name)
    env->shifted.push_back (std::move (owned));
  return GNUNET_OK;
}

void
GNUNET_PSYC_env_iterate (const struct GNUNET_PSYC_Environment *env,
                         GNUNET_PSYC_Iterator it, void *it_cls)
{
  struct GNUNET_PSYC_Modifier *next = nullptr;
  for (struct GNUNET_PSYC_Modifier *mod = env->head; nullptr != mod; mod = next)
  {
    next = mod->next;
    constexpr size_t size_max = std::numeric_limits<std::uint32_t>::max ();
    if (GNUNET_YES
        != it (
            it_cls, mod->oper, mod->name,
            static_cast<const char *> (mod->value),
            static_cast<std::uint32_t> (std::min (mod->value_size, size_max))))
      return;
  }
}

size_t
GNUNET_PSYC_env_get_count (const struct GNUNET_PSYC_Environment *env)
{
  return env->count;
}

void
GNUNET_PSYC_env_destroy (struct GNUNET_PSYC_Environment *env)
{
  delete env;
}
