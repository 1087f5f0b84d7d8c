"""What runs inside Redis: each script touches the keys of one cluster slot, in one go.

``EVAL`` carries them every time: that is some hundred bytes, and no script can be unknown to a
server that was flushed, failed over or replaced. Whatever is of a wrong type or size under one of
our names is deleted on sight, for it would never go away by itself.
"""

from __future__ import annotations

from typing import Final

_TEXT: Final = """
local function text(key, size)
  local v = redis.pcall('get', key)
  if type(v) == 'string' and (not size or #v == size) then return v end
  if v then redis.pcall('del', key) end
  return false
end
local refused = 0
local function put(...)
  local r = redis.pcall('set', ...)
  if type(r) == 'table' and r.err then
    refused = string.find(r.err, 'READONLY', 1, true) and 2 or 1
    return -1
  end
  return r and 1 or 0
end
"""

# KEYS: entry, lease, ..., then tags. ARGV: number of entries, fresh token, lease ms, tag ms, then
# for each entry what was seen of it: '+' and a mark, or nothing. Replies: refused, then value and
# won (-1 refused, 0 another's, 1 ours, 2 not tried) for each entry, then what the tags are worth.
LOOK: Final = (
    _TEXT
    + """
local n, out = tonumber(ARGV[1]), {}
for i = 1, n do
  local value, won, seen = text(KEYS[2 * i - 1]), 2, ARGV[4 + i]
  if value and '+' .. string.sub(value, 17, 24) == seen then value = false end
  if not value then
    local lease = KEYS[2 * i]
    won = put(lease, ARGV[2], 'NX', 'PX', ARGV[3])
    if won == 0 and not text(lease, 16) then won = put(lease, ARGV[2], 'NX', 'PX', ARGV[3]) end
  end
  out[2 * i], out[2 * i + 1] = value, won
end
for i = 2 * n + 1, #KEYS do
  local worth = text(KEYS[i], 16)
  if not worth and put(KEYS[i], ARGV[2], 'PX', ARGV[4]) == 1 then worth = ARGV[2] end
  out[i + 1] = worth
end
out[1] = refused
return out"""
)

# KEYS: as above. ARGV: number of entries, then value, life in ms and lease token for each; without
# a token only where nobody holds the lease. Replies: refused, then stored (-1, 0, 1) for each
# entry, then what the tags are worth. A refused write must still end the lease.
COMMIT: Final = (
    _TEXT
    + """
local n, out = tonumber(ARGV[1]), {}
for i = 1, n do
  local lease, token = text(KEYS[2 * i], 16), ARGV[3 * i + 1]
  local stored = 0
  if token == '' and not lease then
    stored = put(KEYS[2 * i - 1], ARGV[3 * i - 1], 'PX', ARGV[3 * i])
  elseif lease == token then
    stored = put(KEYS[2 * i - 1], ARGV[3 * i - 1], 'PX', ARGV[3 * i])
    redis.pcall('del', KEYS[2 * i])
  end
  out[i + 1] = stored
end
for i = 2 * n + 1, #KEYS do out[i - n + 1] = text(KEYS[i], 16) end
out[1] = refused
return out"""
)

# KEYS: leases. ARGV: token, ms.
RENEW: Final = """
for i = 1, #KEYS do
  if redis.pcall('get', KEYS[i]) == ARGV[1] then redis.pcall('pexpire', KEYS[i], ARGV[2]) end
end
return 1"""

# KEYS: leases. ARGV: token.
RELEASE: Final = """
for i = 1, #KEYS do
  if redis.pcall('get', KEYS[i]) == ARGV[1] then redis.pcall('del', KEYS[i]) end
end
return 1"""

# KEYS: tags. ARGV: fresh half token, tag ms. Where there is no room, the whole worth goes.
OUTDATE: Final = (
    _TEXT
    + """
for i = 1, #KEYS do
  local worth = text(KEYS[i], 16)
  if worth and put(KEYS[i], string.sub(worth, 1, 8) .. ARGV[1], 'PX', ARGV[2]) ~= 1 then
    redis.call('del', KEYS[i])
  end
end
return 1"""
)
