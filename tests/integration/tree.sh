# SPDX-License-Identifier: AGPL-3.0-or-later
#
# What the tests of trees of real peers share, beside lib.sh: peers p0, p1, …,
# the host on p0, a guest on each of the others.
#
#   new_tree COUNT CHILDREN   peers in one place, so many children each
#   $members, $place          the guests' peers; the place's key

# value_of PEER NAME: a value of that peer's statistics of multicast
value_of ()
{
  timeout 5 gnunet-statistics -c "$base/$1/c" -s multicast -n "$2" -q \
    2>/dev/null | awk 'NF { print $1; exit }'
}
children_of () { value_of "$1" "# children attached"; }
depth_of () { value_of "$1" "# depth in the tree"; }

tree_depth ()
{
  for _peer in $members; do
    depth_of "$_peer"
  done | sort -n | tail -n 1
}

is_deep () { [ "$(tree_depth)" -ge "$1" ]; }

is_connected_to_all ()
{
  [ "$(gnunet-core -c "$base/$1/c" 2>/dev/null | grep -c 'connection established')" -ge "$(($2 - 1))" ]
}

new_tree ()
{
  members=
  _number=0
  while [ $_number -lt "$1" ]; do
    _peer=p$_number
    peer_create "$base/$_peer"
    printf '[multicast]\nMAX_CHILDREN = %s\nHEARTBEAT = 2 s\n' "$2" >>"$base/$_peer/c"
    peers="$peers $_peer"
    [ $_number = 0 ] || members="$members $_peer"
    peer_start "$base/$_peer" || exit 1
    _number=$((_number + 1))
  done
  sleep 3
  for _peer in $peers; do
    for _other in $peers; do
      [ "$_peer" = "$_other" ] \
        || gnunet-peerinfo -c "$base/$_peer/c" -p "$(peer_hello "$base/$_other")" >/dev/null 2>&1
    done
  done
  for _peer in $peers; do
    wait_until 60 is_connected_to_all "$_peer" "$1" \
      || echo "note: $_peer is not connected to all others"
    gnunet-identity -c "$base/$_peer/c" -C "$_peer"
  done
  social p0 -t "60 s" host lounge --welcome >/dev/null || failed "p0 hosts"
  place=$(social p0 places --json | jq -r 'select (.type == "place") | .key')
  _origin=$(peer_id "$base/p0")
  for _peer in $members; do
    social "$_peer" -t "120 s" enter "$place" --origin "$_origin" >/dev/null \
      || failed "$_peer enters"
  done
}

# say_slowly SECONDS FILE: the host says the lines of FILE in that time
say_slowly ()
{
  awk -v pause="$(awk -v s="$1" -v n="$(wc -l <"$2")" 'BEGIN { print s / n }')" \
    '{ print; fflush (); system ("sleep " pause) }' "$2" \
    | social p0 -q -t "120 s" say lounge --lines >/dev/null
}

# A member that has children, by the seed.
random_relay ()
{
  for _peer in $members; do
    [ "$(children_of "$_peer")" -gt 0 ] 2>/dev/null && echo "$_peer"
  done | awk -v seed="$seed" 'BEGIN { srand (seed) } { a[NR] = $0 }
                              END { if (NR) print a[1 + int (rand () * NR)] }'
  seed=$((seed + 1))
}

texts_at ()
{
  social "$1" history "$place" --last 1000000 --json 2>/dev/null \
    | jq -r 'select (.type == "message" and .method == "_converse") | .text'
}
count_at () { texts_at "$1" | wc -l; }
have_all ()
{
  for _member in $members; do
    [ "$(count_at "$_member")" -ge "$1" ] || return 1
  done
}
counts_of_members ()
{
  for _member in $members; do
    printf '%s %s, ' "$_member" "$(count_at "$_member")"
  done
}

# check_histories FILE: each member has the lines of FILE, once and in order
check_histories ()
{
  for _member in $members; do
    texts_at "$_member" >"$base/$_member.texts"
    check "$_member has each line once, in order" cmp "$1" "$base/$_member.texts"
  done
}

# check_sends FRAGMENTS CHILDREN: what the host sent in all
check_sends ()
{
  _first=$(value_of p0 "# fragments sent first") _repairs=$(value_of p0 "# fragments sent as repairs")
  echo "the host sent $_first fragments first and ${_repairs:-0} as repairs, of $1"
  check "at most $2 first sends of each fragment" test "$_first" -le $(($1 * $2))
  check "at most half a repair of each fragment" test "$((${_repairs:-0} * 2))" -le "$1"
}

# A member that has no children.
leaf ()
{
  for _peer in $members; do
    [ "$(children_of "$_peer")" = 0 ] && echo "$_peer"
  done | tail -n 1
}
without () { echo " $members " | sed "s/ $1 / /"; }
attached_members ()
{
  for _peer in $members; do
    children_of "$_peer"
  done | awk '{ n += $1 } END { print n + 0 }'
}
ego_key ()
{
  gnunet-identity -c "$base/$1/c" -d | sed -n "s/^$1 - \([^ ]*\).*/\1/p"
}

# introduce PEER: again, to all others that are there
introduce ()
{
  _hello=
  wait_until 20 has_hello "$1"
  for _other in $peers; do
    [ "$1" = "$_other" ] \
      || timeout 5 gnunet-peerinfo -c "$base/$_other/c" -p "$(peer_hello "$base/$1")" >/dev/null 2>&1
  done
}
has_hello () { [ -n "$(peer_hello "$base/$1")" ]; }
