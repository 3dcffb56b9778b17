-- Asks in turn for what each of a thousand rules is for, see Rules.java. Every request is made ready
-- before the clock starts, so that asking costs the same whoever is asked.

local ready = {}
local last = 0

function init(args)
   for line in io.lines(args[1]) do
      local host, path = line:match("^(%S+) (%S+)$")
      wrk.headers["Host"] = host
      ready[#ready + 1] = wrk.format("GET", path)
   end
end

function request()
   last = last % #ready + 1
   return ready[last]
end
