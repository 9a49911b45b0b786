# SPDX-License-Identifier: AGPL-3.0-or-later
# Files that are offered: nothing of them is sent before somebody asks, then all
# of it once; by the host and by a guest, over restarts, and when they are gone.
. "$(dirname "$0")/lib.sh"
for _peer in alice bob; do
  peer_create "$base/$_peer"
  printf '[social]\nFILE_OFFER_SIZE = 1 MiB\n' >>"$base/$_peer/c"
  peers="$peers $_peer"
  peer_start "$base/$_peer" || exit 1
done
sleep 1
peers_connect "$base/alice" "$base/bob" || exit 1
for _peer in alice bob; do
  gnunet-identity -c "$base/$_peer/c" -C "$_peer"
done
alice -t "60 s" host lounge --welcome >/dev/null || failed "alice hosts"
place=lounge.$(zone_key alice)
bob -t "60 s" enter "$place" >/dev/null || failed "bob enters"

# listed WHO PLACE ID STATE: that file's line, as an object
listed ()
{
  "$1" files "$2" --json | jq -c "select (.id == $3 and .state == \"$4\")" | grep .
}
# said PLACE NAME: how many messages are that file
said ()
{
  "$1" files "$2" --json | jq -c "select (.name == \"$3\" and .state == \"said\")" | wc -l
}
is_said_once () { test "$(said "$@")" = 1; }

head -c 3000000 /dev/urandom >"$base/film"
id=$(alice -t "60 s" -q send-file lounge "$base/film" --description "Yesterday")
check "alice offers a file" test -n "$id"
check "bob sees the offer" wait_until 60 listed bob "$place" "$id" offered
listed bob "$place" "$id" offered >"$base/listed"
check "with name, size and words" jq -e '.name == "film" and .size == 3000000
  and .description == "Yesterday" and .mine == false' "$base/listed"
check "nothing of it is sent" test "$(said alice lounge film)" = 0
again=$(alice -t "60 s" -q send-file lounge "$base/film" --description "Yesterday")
check "offered again it is the same offer" test "$again" = "$id"
check "a small file is sent at once" sh -c "
  head -c 1000 /dev/zero >$base/note
  gnunet-social -c $base/alice/c -t '60 s' -j send-file lounge $base/note | jq -e '.state == \"stored\"'"
check "as a file" is_said_once alice lounge note

# Both ask at the same time, from one peer and the other.
in_background bob -t "120 s" get-file "$place" "$id" "$base/bobs" >/dev/null
first=$!
check "alice asks for her own" alice -t "120 s" get-file lounge "$id" "$base/alices"
check "and has it" cmp "$base/film" "$base/alices"
wait "$first"
check "bob has it, unchanged" cmp "$base/film" "$base/bobs"
check "it was sent once" is_said_once alice lounge film
check "the offer is not listed any more" sh -c \
  "! gnunet-social -c $base/bob/c files $place --json | jq -e 'select (.state == \"offered\")'"
check "the file tells its offer" sh -c "gnunet-social -c $base/bob/c files $place --json \
  | jq -e 'select (.name == \"film\" and .offer == $id)'"
check "asked for later it is here" bob -t "60 s" get-file "$place" "$id" "$base/later"
check "unchanged, too" cmp "$base/film" "$base/later"
check "and still there once" is_said_once bob "$place" film

# A guest offers; its services die before somebody asks.
head -c 2500000 /dev/urandom >"$base/song"
id=$(bob -t "60 s" -q send-file "$place" "$base/song")
check "bob offers, as a guest" wait_until 60 listed alice lounge "$id" offered
for service in social psyc; do
  kill -9 "$(service_pid "$base/bob" $service)" 2>/dev/null
done
for service in social psyc; do
  gnunet-arm -c "$base/bob/c" -i $service >/dev/null 2>&1
done
check "alice gets it from the services that came back" \
  alice -t "120 s" get-file lounge "$id" "$base/song2"
check "as it was" cmp "$base/song" "$base/song2"

# Changed, or gone.
head -c 2000000 /dev/urandom >"$base/draft"
id=$(alice -t "60 s" -q send-file lounge "$base/draft")
check "alice offers a draft" wait_until 60 listed bob "$place" "$id" offered
printf 'x' >>"$base/draft"
check_status 1 "that changed is not sent" bob -t "60 s" get-file "$place" "$id" "$base/draft2"
cp "$base/out" "$base/why"
check "and it is said why" grep -q "changed since it was offered" "$base/why"
check "nothing of it came" sh -c "! ls $base/draft2 $base/draft2.part"
check "the list says so" wait_until 20 listed bob "$place" "$id" failed

# Taken back.
head -c 2100000 /dev/urandom >"$base/letter"
id=$(bob -t "60 s" -q send-file "$place" "$base/letter")
check "bob offers a letter" wait_until 60 listed alice lounge "$id" offered
check_status 4 "alice cannot take it back" alice withdraw-file lounge "$id"
check_status 6 "nor bob what is no offer" bob withdraw-file "$place" 99999
check "but bob can take back his own" sh -c "
  gnunet-social -c $base/bob/c -t '60 s' -j withdraw-file $place $id \
    | jq -e '.type == \"sent\" and .state == \"accepted\"'"
check "the list says so" wait_until 20 listed alice lounge "$id" failed
listed alice lounge "$id" failed >"$base/listed"
check "and why" jq -e '.reason == "its sender has withdrawn it"' "$base/listed"
check_status 1 "who asks for it hears that" alice get-file lounge "$id" "$base/letter2"
cp "$base/out" "$base/why"
check "at once" grep -q "its sender has withdrawn it" "$base/why"
check_status 0 "twice is as once" bob -t "60 s" withdraw-file "$place" "$id"
check_status 1 "the same is not offered again" bob -t "60 s" send-file "$place" "$base/letter"
check "in other words it is" bob -t "60 s" -q send-file "$place" "$base/letter" \
  --description "Again"
check_status 1 "what was sent cannot be taken back" sh -c "
  id=\$(gnunet-social -c $base/alice/c history lounge --method _notice_place_file --json \
    | jq -r 'select (.vars._name_file == \"film\") | .id')
  gnunet-social -c $base/alice/c withdraw-file lounge \$id"

# A stranger's word for it counts nothing.
head -c 2000000 /dev/urandom >"$base/true"
id=$(alice -t "60 s" -q send-file lounge "$base/true")
check "alice offers another" wait_until 60 listed bob "$place" "$id" offered
key=$(bob history "$place" --id "$id" --json | jq -r '.vars._key_offer')
printf 'false' | bob -t "60 s" -q say "$place" --method _file \
  --var "_key_offer=$key" --var _name_file=true - >/dev/null
bob -t "60 s" -q say "$place" --method _status_place_file --var "_key_offer=$key" \
  --var _id_file=1 false >/dev/null
check "the true one comes" bob -t "120 s" get-file "$place" "$id" "$base/true2"
check "and no other" cmp "$base/true" "$base/true2"

# By the gateway: listed, and sent when it is downloaded.
head -c 2200000 /dev/urandom >"$base/album"
id=$(alice -t "60 s" -q send-file lounge "$base/album")
check "alice offers one more" wait_until 60 listed bob "$place" "$id" offered
key=$(bob places --json | jq -r .key)
port=$(sed -n '/^\[social-web\]/,$s/^HTTP_PORT = //p' "$base/bob/c")
token=$base/bob/data/social/token
wait_until 20 test -s "$token"
# web PATH [CURL-OPTION…]
web ()
{
  _path=$1
  shift
  curl -s -S -f -m 120 -H "X-Social-Token: $(cat "$token")" "$@" \
    "http://127.0.0.1:$port/social/places/$key/files$_path"
}
check "bob's gateway is there" wait_until 20 web ""
web "" >"$base/files"
check "it lists the offer" jq -e ".files[] | select (.id == $id and .state == \"offered\")" \
  "$base/files"
check "and files with theirs" jq -e '.files[] | select (.name == "song" and .state == "said").offer' \
  "$base/files"
web "/$id" >"$base/album2"
check "what is downloaded is sent" cmp "$base/album" "$base/album2"
check "once" is_said_once alice lounge album

# And taken back.
head -c 2100000 /dev/urandom >"$base/diary"
id=$(bob -t "60 s" -q send-file "$place" "$base/diary")
check "bob offers a diary" wait_until 60 listed alice lounge "$id" offered
for i in 1 2; do
  web "/$id" -X DELETE >"$base/said"
  check "and takes it back by the gateway ($i)" jq -e '.type == "sent" and .state == "accepted"' \
    "$base/said"
done
check "alice is told" wait_until 60 listed alice lounge "$id" failed
theirs=$(alice -t "60 s" -q send-file lounge "$base/diary")
check "alice offers it, too" wait_until 60 listed bob "$place" "$theirs" offered
check_status 22 "bob cannot take that back" web "/$theirs" -X DELETE
exit $status
