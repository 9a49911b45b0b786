// SPDX-License-Identifier: AGPL-3.0-or-later
//
// gnunet-service-psyc: turns multicast's fragments into messages and members'
// requests into the host's messages, keeps both in psycstore, gives them to
// programs in order. Read on in shell/service_shell.hpp (the service around)
// and core/service.hpp (what decides).
#include "psyc/shell/service_shell.hpp"

#include "psyc/psyc_messages.hpp"

namespace
{
using ClientMessages = wire::MessageList<
    psyc::local::MasterStart, psyc::local::SlaveJoin, psyc::local::ObserveStart,
    psyc::local::MasterMode, psyc::local::StreamAck, psyc::local::Part,
    psyc::local::JoinDecision, psyc::local::JoinPending,
    psyc::local::RequestDecision, psyc::local::Eject, psyc::local::Adopt,
    psyc::local::MembershipStore, psyc::local::HistoryStart,
    psyc::local::StateGet, psyc::local::OperationCancel, psyc::local::InfoGet,
    psyc::local::Forget, psyc::local::Upload, psyc::local::UploadCancel,
    psyc::local::UploadQuery>;
} // namespace

int
main (int argc, char *const *argv)
{
  psyc::ServiceShell service;
  return shell::run_service<ClientMessages> (argc, argv, "psyc", service);
}
