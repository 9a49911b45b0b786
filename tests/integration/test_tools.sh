#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The tools for those who look inside, on two peers: gnunet-psyc and
# gnunet-multicast host, join, send and print, both ways.
. "$(dirname "$0")/lib.sh"

new_peers alice bob
origin=$(peer_id "$base/alice")

psyc () { _p=$1; shift; gnunet-psyc -c "$base/$_p/c" "$@"; }
multicast () { _p=$1; shift; gnunet-multicast -c "$base/$_p/c" "$@"; }

# has FILE COUNT PATTERN: so many lines of it
has () { [ "$(grep -c -- "$3" "$1")" = "$2" ]; }
key_of_host () { sed -n 's/.*hosting \([^;]*\);.*/\1/p' "$1"; }

# ---- channels
mkfifo "$base/say" "$base/frag"
exec 4<>"$base/say" 5<>"$base/frag" # both ends, so that nobody waits here
gnunet-psyc -c "$base/alice/c" host -k "$base/channel.key" --policy closed \
  --repeat --follow <"$base/say" >"$base/alice.out" 2>"$base/alice.err" &
host=$! background=$!
check "gnunet-psyc hosts" wait_until 20 grep -q hosting "$base/alice.err"
channel=$(key_of_host "$base/alice.err")
check "its key is its owner's alone" \
  sh -c "ls -l $base/channel.key | grep -q '^-r[w-]-------'"
check "the same key a second time" \
  psyc alice host -k "$base/channel.key" --policy closed -a </dev/null

in_background gnunet-psyc -c "$base/bob/c" join "$channel" -o "$origin" -k "$base/bob.key" \
  -m "it is bob" --follow </dev/null >"$base/bob.out" 2>"$base/bob.err"
check "the question at the door is printed as a packet" \
  wait_until 40 grep -q "^it is bob$" "$base/alice.out"
bob=$(sed -n 's/^:_source.psyc:\/\/\([^:]*\):g$/\1/p' "$base/alice.out" | head -n 1)
printf ':_target\tpsyc://%s:g\n\n_notice_welcome\ncome in\n|\n' "$bob" >&4
check "a packet answers it" wait_until 20 grep -q "admitted: come in" "$base/bob.err"

printf '\n=\n=_topic\thello\n+_list_tags\t|a|b\n_notice_topic\n|\n' >&4
printf '\n_message_public\nfrom alice\n|\n' >&4
check "bob gets the host's packets" wait_until 20 grep -q "^from alice$" "$base/bob.out"
check "with their variables" grep -q "^=_topic.hello$" "$base/bob.out"
check "and the reset" has "$base/bob.out" 1 '^=$'

# A body with what ends packets, and one of a MiB, through the host's relay.
printf '22\n_message_public\na\n|\nb\n|\n' >"$base/odd"
check "bob's packet with a length goes out" \
  psyc bob join "$channel" -o "$origin" -k "$base/bob.key" -a <"$base/odd"
check "and comes back, said by the host" \
  wait_until 20 sh -c "grep -A3 '^22$' $base/bob.out | tail -n 1 | grep -qx '|'"
head -c 786432 /dev/urandom | base64 -w 60 >"$base/long"
size=$(wc -c <"$base/long")
{ printf '%d\n_data_long\n' $((size + 12)); cat "$base/long"; printf '\n|\n'; } \
  >"$base/packet"
check "a packet of a MiB goes out" \
  psyc bob join "$channel" -o "$origin" -k "$base/bob.key" -a <"$base/packet"
check "as fragments of a packet" \
  wait_until 30 grep -q "^:_amount_fragments" "$base/bob.out"

printf '?_topic\n' | sed 's/^/\n/; $s/$/\n|/' >"$base/ask"
check "a packet asks for a variable" sh -c "
  gnunet-psyc -c $base/alice/c host -k $base/channel.key --policy closed -a \
    <$base/ask | grep -q '^=_topic.hello\$'"
check "--state prints the state" sh -c "
  gnunet-psyc -c $base/alice/c host -k $base/channel.key --policy closed -a \
    --state </dev/null | grep -q '^=_list_tags.|a|b\$'"
check "--history prints what was said" sh -c "
  gnunet-psyc -c $base/bob/c join $channel -o $origin -k $base/bob.key -a \
    --history 10 </dev/null | grep -q '^from alice\$'"
check "--count ends it" psyc alice host -k "$base/channel.key" --policy closed \
  -a --history 3 --count 1

in_background gnunet-psyc -c "$base/bob/c" join "$channel" -o "$origin" -k "$base/carol.key" \
  -t "30 s" </dev/null >"$base/carol.out" 2>"$base/carol.err"
carol_pid=$!
check "another question" wait_until 30 has "$base/alice.out" 2 _request_enter
carol=$(sed -n 's/^:_source.psyc:\/\/\([^:]*\):g$/\1/p' "$base/alice.out" | grep -v "$bob" | head -n 1)
printf ':_target\tpsyc://%s:g\n\n_failure_unwanted\nnot today\n|\n' "$carol" >&4
wait $carol_pid
check "who is refused ends with status 4" [ $? = 4 ]
check "and is told why" grep -q "refused: not today" "$base/carol.err"

printf 'no packet\n' >"$base/wrong"
check_status 1 "malformed text is refused" sh -c "
  gnunet-psyc -c $base/alice/c host -k $base/channel.key --policy closed -a \
    <$base/wrong 2>$base/wrong.err"
check "by name" grep -q "neither an operator nor a name" "$base/wrong.err"
check_status 2 "wrong usage" psyc alice join nonsense -k "$base/bob.key"
check_status 6 "an ego that is not there" psyc alice host -e nobody
check_status 4 "an ego of the wrong kind, and what to do" psyc alice host -e alice
# counted SERVICE NAME: alice's service tells a number above 0
counted () { gnunet-statistics -c "$base/alice/c" -s "$1" | grep -Eq "# $2: +!?[1-9]"; }
check "psyc counts what flows" wait_until 10 counted psyc "fragments said in our channels"
check "and tells what there is" wait_until 10 counted psyc "channels hosted"
check "psycstore counts" wait_until 10 counted psycstore "fragments stored"
check "multicast counts" wait_until 10 counted multicast "bytes to peers"
kill $host
wait $host 2>/dev/null

# ---- groups (files of their own: what an older one holds is not theirs)
gnunet-multicast -c "$base/alice/c" host -k "$base/group.key" --welcome --follow \
  <"$base/frag" >"$base/host.out" 2>"$base/host.err" &
host=$!
background="$background $!"
wait_until 20 grep -q hosting "$base/host.err"
group=$(key_of_host "$base/host.err")
in_background gnunet-multicast -c "$base/bob/c" join "$group" -o "$origin" -k "$base/bob.key" \
  --json --follow <"/dev/null" >"$base/member.out" 2>"$base/member.err"
member=$!
seq 1 20 | sed 's/^/request /' >"$base/requests"
check "20 lines are 20 requests" \
  multicast bob join "$group" -o "$origin" -k "$base/carol.key" <"$base/requests"
check "the origin prints them" has "$base/host.out" 20 "^request member.*body request"
check "in order" sh -c \
  "sed 's/.*body //' $base/host.out | cmp - $base/requests"
for i in 1 2 3; do echo "fragment $i"; done >&5
check "its fragments arrive" wait_until 30 has "$base/member.out" 3 '"type":"fragment"'
check "as JSON" sh -c \
  "jq -r '.data' $base/member.out | while read d; do echo \"\$d\" | base64 -d; echo; done | grep -qx 'fragment 2'"
head -c 200000 /dev/urandom >"$base/raw"
check "raw bytes are one request of several fragments" \
  multicast bob join "$group" -o "$origin" -k "$base/carol.key" --raw <"$base/raw"
check "and all of them are there" sh -c "
  [ \$(sed -n 's/^request .* size \([0-9]*\) body.*/\1/p' $base/host.out \
       | tail -n +21 | paste -sd+ | bc) = 200000 ]"
kill $host
wait $host
wait $member
check "a member hears that the group ended" grep -q "ended the group" "$base/member.err"
check_status 4 "who is not admitted is refused" sh -c "
  gnunet-multicast -c $base/alice/c host -k $base/other.key --follow </dev/null \
    2>$base/other.err & pid=\$!
  sleep 6
  key=\$(sed -n 's/.*hosting \([^;]*\);.*/\1/p' $base/other.err)
  gnunet-multicast -c $base/bob/c join \$key -o $origin -k $base/bob.key \
    </dev/null
  result=\$?
  kill \$pid
  exit \$result"
exit $status
