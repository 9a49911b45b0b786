/* SPDX-License-Identifier: AGPL-3.0-or-later */
/**
 * @file include/gnunet_psyc_slicer.h
 * Try and slice: hand messages to whoever registered for their method. A
 * handler for `_message` gets `_message_public` when none is nearer to it.
 */
#ifndef GNUNET_PSYC_SLICER_H
#define GNUNET_PSYC_SLICER_H

#include <stdint.h>

#include <gnunet/gnunet_util_lib.h>
#include <gnunet/gnunet_common.h>

#include "gnunet_psyc_env.h"
#include "gnunet_psyc_message.h"

#ifdef __cplusplus
extern "C"
{
#endif

/**
 * A dispatcher by method and variable name.
 *
 * All callbacks run from #GNUNET_PSYC_slicer_message and
 * #GNUNET_PSYC_slicer_message_part, before these return. They may add and
 * remove registrations and destroy the slicer. What they are given is
 * borrowed until they return.
 */
struct GNUNET_PSYC_Slicer;

/**
 * See the start of a message.
 *
 * @param cls closure
 * @param msg header of the fragment
 * @param meth the method part
 * @param message_id id of the message, host byte order
 * @param method_name whole name of the method
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_MethodCallback) (
    void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
    const struct GNUNET_PSYC_MessageMethod *meth, uint64_t message_id,
    const char *method_name);

/**
 * See one modifier, or the next piece of a long one.
 *
 * @param cls closure
 * @param msg header of the fragment
 * @param pmsg the part: MODIFIER, or MOD_CONT for a further piece
 * @param message_id id of the message
 * @param oper operator
 * @param name name of the variable, on further pieces too
 * @param value piece of the value
 * @param value_size bytes in @a value
 * @param full_value_size bytes of the whole value, UINT16_MAX for that and
 *        more (see #GNUNET_PSYC_ModifierCallbackWide); 0 on further pieces
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_ModifierCallback) (
    void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
    const struct GNUNET_MessageHeader *pmsg, uint64_t message_id,
    enum GNUNET_PSYC_Operator oper, const char *name, const void *value,
    uint16_t value_size, uint16_t full_value_size);

/**
 * The same with sizes of 32 bits and the place of the piece.
 *
 * @param cls closure
 * @param msg header of the fragment
 * @param pmsg the part
 * @param message_id id of the message
 * @param oper operator
 * @param name name of the variable
 * @param value piece of the value
 * @param value_size bytes in @a value
 * @param value_offset where the piece belongs in the value; 0 on the first
 * @param full_value_size bytes of the whole value, on every piece
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_ModifierCallbackWide) (
    void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
    const struct GNUNET_MessageHeader *pmsg, uint64_t message_id,
    enum GNUNET_PSYC_Operator oper, const char *name, const void *value,
    uint32_t value_size, uint32_t value_offset, uint32_t full_value_size);

/**
 * See the next piece of the body.
 *
 * @param cls closure
 * @param msg header of the fragment
 * @param pmsg the part; the END part when @a data is NULL
 * @param message_id id of the message
 * @param data piece; NULL: the message has no body
 * @param data_size bytes in @a data
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_DataCallback) (
    void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
    const struct GNUNET_MessageHeader *pmsg, uint64_t message_id,
    const void *data, uint16_t data_size);

/**
 * See the end of a message.
 *
 * @param cls closure
 * @param msg header of the fragment
 * @param pmsg the END or CANCEL part; NULL when an error ended the message
 * @param message_id id of the message
 * @param is_cancelled #GNUNET_YES when it is incomplete: the sender gave up,
 *        or it was malformed
 * @since 0.1
 */
typedef void (*GNUNET_PSYC_EndOfMessageCallback) (
    void *cls, const struct GNUNET_PSYC_MessageHeader *msg,
    const struct GNUNET_MessageHeader *pmsg, uint64_t message_id,
    uint8_t is_cancelled);

/**
 * Create a dispatcher without registrations.
 *
 * @return the slicer; end it with #GNUNET_PSYC_slicer_destroy
 * @since 0.1
 */
struct GNUNET_PSYC_Slicer *GNUNET_PSYC_slicer_create (void);

/**
 * Register for messages whose method is @a method_name or longer by whole
 * keywords.
 *
 * For each message all registrations that match are called: those with the
 * nearest name first, then shorter ones; of the same name, the one added
 * first first. Any callback may be NULL. Registrations added while a
 * message is under way get the following messages only.
 *
 * @param slicer the slicer
 * @param method_name name, copied; "_" or "" is every method
 * @param msg_cb each fragment of the message, before its parts
 * @param method_cb its method
 * @param modifier_cb its modifiers
 * @param data_cb its body
 * @param eom_cb its end
 * @param cls closure for all
 * @since 0.1
 */
void GNUNET_PSYC_slicer_method_add (
    struct GNUNET_PSYC_Slicer *slicer, const char *method_name,
    GNUNET_PSYC_MessageCallback msg_cb, GNUNET_PSYC_MethodCallback method_cb,
    GNUNET_PSYC_ModifierCallback modifier_cb, GNUNET_PSYC_DataCallback data_cb,
    GNUNET_PSYC_EndOfMessageCallback eom_cb, void *cls);

/**
 * The same with modifier sizes of 32 bits.
 *
 * @param slicer the slicer
 * @param method_name as in #GNUNET_PSYC_slicer_method_add, and so on
 * @param msg_cb each fragment
 * @param method_cb its method
 * @param modifier_cb its modifiers
 * @param data_cb its body
 * @param eom_cb its end
 * @param cls closure for all
 * @since 0.1
 */
void GNUNET_PSYC_slicer_method_add_wide (
    struct GNUNET_PSYC_Slicer *slicer, const char *method_name,
    GNUNET_PSYC_MessageCallback msg_cb, GNUNET_PSYC_MethodCallback method_cb,
    GNUNET_PSYC_ModifierCallbackWide modifier_cb,
    GNUNET_PSYC_DataCallback data_cb, GNUNET_PSYC_EndOfMessageCallback eom_cb,
    void *cls);

/**
 * Undo exactly that registration; none of its callbacks runs afterwards.
 *
 * @param slicer the slicer
 * @param method_name the name it was added with
 * @param msg_cb the callbacks it was added with
 * @param method_cb likewise
 * @param modifier_cb likewise
 * @param data_cb likewise
 * @param eom_cb likewise
 * @return #GNUNET_YES, #GNUNET_NO if there was none
 * @since 0.1
 */
int GNUNET_PSYC_slicer_method_remove (struct GNUNET_PSYC_Slicer *slicer,
                                      const char *method_name,
                                      GNUNET_PSYC_MessageCallback msg_cb,
                                      GNUNET_PSYC_MethodCallback method_cb,
                                      GNUNET_PSYC_ModifierCallback modifier_cb,
                                      GNUNET_PSYC_DataCallback data_cb,
                                      GNUNET_PSYC_EndOfMessageCallback eom_cb);

/**
 * Undo a registration of #GNUNET_PSYC_slicer_method_add_wide.
 *
 * @param slicer the slicer
 * @param method_name as in #GNUNET_PSYC_slicer_method_remove, and so on
 * @param msg_cb likewise
 * @param method_cb likewise
 * @param modifier_cb likewise
 * @param data_cb likewise
 * @param eom_cb likewise
 * @return #GNUNET_YES, #GNUNET_NO if there was none
 * @since 0.1
 */
int GNUNET_PSYC_slicer_method_remove_wide (
    struct GNUNET_PSYC_Slicer *slicer, const char *method_name,
    GNUNET_PSYC_MessageCallback msg_cb, GNUNET_PSYC_MethodCallback method_cb,
    GNUNET_PSYC_ModifierCallbackWide modifier_cb,
    GNUNET_PSYC_DataCallback data_cb, GNUNET_PSYC_EndOfMessageCallback eom_cb);

/**
 * Register for variables of this name or longer, of whatever message.
 *
 * @param slicer the slicer
 * @param object_filter name, copied; "_" or "" is every variable
 * @param modifier_cb called with each, nearest registration first
 * @param cls closure
 * @since 0.1
 */
void GNUNET_PSYC_slicer_modifier_add (struct GNUNET_PSYC_Slicer *slicer,
                                      const char *object_filter,
                                      GNUNET_PSYC_ModifierCallback modifier_cb,
                                      void *cls);

/**
 * The same with sizes of 32 bits.
 *
 * @param slicer the slicer
 * @param object_filter name, copied
 * @param modifier_cb called with each
 * @param cls closure
 * @since 0.1
 */
void GNUNET_PSYC_slicer_modifier_add_wide (
    struct GNUNET_PSYC_Slicer *slicer, const char *object_filter,
    GNUNET_PSYC_ModifierCallbackWide modifier_cb, void *cls);

/**
 * Undo a registration of #GNUNET_PSYC_slicer_modifier_add.
 *
 * @param slicer the slicer
 * @param object_filter the name it was added with
 * @param modifier_cb the callback it was added with
 * @return #GNUNET_YES, #GNUNET_NO if there was none
 * @since 0.1
 */
int
GNUNET_PSYC_slicer_modifier_remove (struct GNUNET_PSYC_Slicer *slicer,
                                    const char *object_filter,
                                    GNUNET_PSYC_ModifierCallback modifier_cb);

/**
 * Undo a registration of #GNUNET_PSYC_slicer_modifier_add_wide.
 *
 * @param slicer the slicer
 * @param object_filter the name it was added with
 * @param modifier_cb the callback it was added with
 * @return #GNUNET_YES, #GNUNET_NO if there was none
 * @since 0.1
 */
int GNUNET_PSYC_slicer_modifier_remove_wide (
    struct GNUNET_PSYC_Slicer *slicer, const char *object_filter,
    GNUNET_PSYC_ModifierCallbackWide modifier_cb);

/**
 * Feed a fragment and its parts. Malformed ones are dropped.
 *
 * @param slicer the slicer
 * @param msg header and parts, borrowed
 * @since 0.1
 */
void GNUNET_PSYC_slicer_message (struct GNUNET_PSYC_Slicer *slicer,
                                 const struct GNUNET_PSYC_MessageHeader *msg);

/**
 * Feed one part.
 *
 * Parts of several messages may come interleaved (told apart by message id,
 * sender and kind of delivery in @a msg). Parts of a message whose method was
 * not seen are dropped; a part out of order ends its message as cancelled. At
 * most 64 messages are under way at once: of more, the one that was silent
 * longest ends as cancelled.
 *
 * @param slicer the slicer
 * @param msg header of the fragment it is in, borrowed
 * @param pmsg the part, borrowed; NULL: the message had an error and ends here
 * @since 0.1
 */
void
GNUNET_PSYC_slicer_message_part (struct GNUNET_PSYC_Slicer *slicer,
                                 const struct GNUNET_PSYC_MessageHeader *msg,
                                 const struct GNUNET_MessageHeader *pmsg);

/**
 * Undo all registrations for methods.
 *
 * @param slicer the slicer
 * @since 0.1
 */
void GNUNET_PSYC_slicer_method_clear (struct GNUNET_PSYC_Slicer *slicer);

/**
 * Undo all registrations for variables.
 *
 * @param slicer the slicer
 * @since 0.1
 */
void GNUNET_PSYC_slicer_modifier_clear (struct GNUNET_PSYC_Slicer *slicer);

/**
 * Undo all registrations.
 *
 * @param slicer the slicer
 * @since 0.1
 */
void GNUNET_PSYC_slicer_clear (struct GNUNET_PSYC_Slicer *slicer);

/**
 * Hand on nothing more of what is being fed: for callbacks that end whatever
 * feeds the slicer. Outside of callbacks nothing happens.
 *
 * @param slicer the slicer; the next fragment is handed on as always
 * @since 0.1
 */
void GNUNET_PSYC_slicer_skip (struct GNUNET_PSYC_Slicer *slicer);

/**
 * Free a slicer. No callback runs afterwards; may be called from inside one.
 *
 * @param slicer the slicer; NULL is ignored
 * @since 0.1
 */
void GNUNET_PSYC_slicer_destroy (struct GNUNET_PSYC_Slicer *slicer);

#ifdef __cplusplus
}
#endif

#endif
