# SPDX-License-Identifier: AGPL-3.0-or-later
# Files by the command line, both ways: sent once however often it is tried,
# fetched unchanged over interruptions, saved where they should be and over
# nothing. Then a large one from alice's command line to bob's gateway.
. "$(dirname "$0")/lib.sh"
new_peers alice bob
alice -t "60 s" host lounge --welcome >/dev/null || failed "alice hosts"
place=lounge.$(zone_key alice)
bob -t "60 s" enter "$place" >/dev/null || failed "bob enters"
mkdir "$base/dl"

# listed WHO PLACE ID: that file's line, as an object
listed ()
{
  "$1" files "$2" --json | jq -c "select (.id == $3)" | grep .
}
same_hash ()
{
  test "$(jq -r .hash "$1")" = "$(jq -r .hash "$2")"
}

head -c 3000000 /dev/urandom >"$base/sun set.png"
id=$(alice -t "60 s" -q send-file lounge "$base/sun set.png" --description "Yesterday")
check "alice sends a file" test -n "$id"
check "bob is told of it" wait_until 60 listed bob "$place" "$id"
listed bob "$place" "$id" >"$base/listed"
check "with name, size, type and words" jq -e \
  '.type == "file" and .name == "sun set.png" and .size == 3000000
   and .content_type == "image/png" and .description == "Yesterday"' "$base/listed"
# Once it is whole; the list has it before.
check "history tells of it, not what is in it" wait_until 60 sh -c \
  "gnunet-social -c '$base/bob/c' history '$place' --method _file \
     | grep -q ': file #$id sun set.png, 3000000 bytes: Yesterday\$'"
again=$(alice -t "60 s" -q send-file lounge "$base/sun set.png" --description "Yesterday")
check "sent again it is the same message" test "$again" = "$id"

check "bob fetches it into a folder" sh -c \
  "gnunet-social -c $base/bob/c -t '60 s' -j get-file $place $id $base/dl >$base/saved"
check "under its own name, unchanged" cmp "$base/sun set.png" "$base/dl/sun set.png"
check "checked by its hash" jq -e '.type == "saved" and .checked' "$base/saved"
check "which is the one that the list tells" same_hash "$base/saved" "$base/listed"
check_status 1 "nothing is written over" bob get-file "$place" "$id" "$base/dl"
cp "$base/out" "$base/said"
check "and that is said" grep -q "is not written over" "$base/said"
check_status 6 "a message that is no file" bob get-file "$place" 999 "$base/none"
check_status 2 "an id that is none" bob get-file "$place" x "$base/none"
check_status 1 "a file that is not there" alice send-file lounge "$base/none"
check_status 1 "a folder is no file" alice send-file lounge "$base/dl"

# What an earlier try left.
head -c 1234567 "$base/sun set.png" >"$base/again.part"
check "it goes on behind what is there" \
  bob -t "60 s" get-file "$place" "$id" "$base/again"
check "and is whole" cmp "$base/sun set.png" "$base/again"
check "nothing is left of it" test ! -e "$base/again.part"
echo "mine" >"$base/mine.part"
check_status 1 "what is another's is not touched" \
  bob -t "60 s" get-file "$place" "$id" "$base/mine"
check "it is still there" grep -qx mine "$base/mine.part"

# A guest's, by a name that would lead elsewhere.
printf 'of bob' >"$base/note"
id=$(printf 'of bob' | bob -t "60 s" -q say "$place" --method _file \
  --var _name_file=../../.evil --var _size_file=6 -)
check "a guest sends a file, as by default he may" test -n "$id"
check "alice saves it" alice -t "60 s" get-file lounge "$id" "$base/dl/"
check "in the folder that she said" cmp "$base/note" "$base/dl/evil"
id=$(bob -t "60 s" -q send-file "$place" "$base/note")
check "send-file as a guest" alice -t "60 s" get-file lounge "$id" "$base/note2"
check "is unchanged" cmp "$base/note" "$base/note2"
id=$(printf 'of bob' | bob -t "60 s" -q say "$place" --method _file \
  --var _name_file=lie --var _hash_file=LIE -)
check_status 1 "a hash that does not fit" \
  alice -t "60 s" get-file lounge "$id" "$base/lie"
check "leaves nothing" sh -c "! ls $base/lie $base/lie.part"
: >"$base/empty"
id=$(alice -t "60 s" -q send-file lounge "$base/empty")
check "an empty file" alice -t "60 s" get-file lounge "$id" "$base/empty2"
check "is there" test -f "$base/empty2" -a ! -s "$base/empty2"
check "progress and colour are for terminals" sh -c \
  "! gnunet-social -c $base/alice/c get-file lounge $id $base/empty3 2>&1 | grep -q '$(printf '\033')'"

# A large one: alice's sending is interrupted, then bob's fetching.
mib=${MIB:-20}
head -c "${mib}M" /dev/urandom >"$base/large"
timeout -s INT 0.3 gnunet-social -c "$base/alice/c" send-file lounge \
  "$base/large" >/dev/null 2>&1
id=$(alice -t "120 s" -q send-file lounge "$base/large")
check "a large file, begun twice" test -n "$id"
check "is there once" test "$(alice files lounge --json | jq -c \
  'select (.name == "large")' | wc -l)" = 1
fetch () { bob -t "600 s" get-file "$place" "$id" "$base/got"; }
# No file above 4 MiB: it ends amid the fetching.
fetch_some () { (ulimit -c 0; ulimit -f 8192; fetch); }
fetch_some >/dev/null 2>&1
check "bob's fetching breaks off; what came is kept" test 4194304 = \
  "$(stat -c %s "$base/got.part")"
check "the same command goes on" fetch
check "to the whole file" cmp "$base/large" "$base/got"

# Of a long one the store gives no more than what is on its way already to list
# it (it tells what it gave within a second).
alice -t "60 s" host attic --no-publish >/dev/null || failed "alice hosts the attic"
head -c 64M /dev/zero >"$base/long"
id=$(alice -t "120 s" -q send-file attic "$base/long")
store_gave ()
{
  gnunet-statistics -c "$base/alice/c" -s psycstore -n "# bytes to clients" \
    -q | awk 'NF { print $1; exit }'
}
sleep 2
before=$(store_gave)
check "a long file is listed" listed alice attic "$id"
sleep 2
gave=$(($(store_gave) - before))
check "the store counts what it gave" test $gave -gt 0
check "to list it it is not read ($gave bytes)" test $gave -lt 33554432
exit $status
