-- Replies by several people at once, one thread and connection each; each reply under a key of its own.
-- The environment says who and where.
dofile(os.getenv("BENCH_SUMMARY"))

local tokens = {}
for token in os.getenv("BENCH_TOKENS"):gmatch("%S+") do tokens[#tokens + 1] = token end
local path, body, run = os.getenv("BENCH_PATH"), os.getenv("BENCH_BODY"), os.getenv("BENCH_RUN")
local threads, count = 0, 0

setup = function(thread)
  threads = threads + 1
  thread:set("who", threads)
end

request = function()
  count = count + 1
  return wrk.format("POST", path, {
    ["Host"] = wrk.headers["Host"],
    ["Authorization"] = "Bearer " .. tokens[who],
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = run .. "-" .. who .. "-" .. count,
  }, body)
end
