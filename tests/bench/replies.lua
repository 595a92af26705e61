-- Replies by several people in turn, each under a key of its own. The environment says who and where.
dofile(os.getenv("BENCH_SUMMARY"))

local tokens = {}
for token in os.getenv("BENCH_TOKENS"):gmatch("%S+") do tokens[#tokens + 1] = token end
local path, body, run = os.getenv("BENCH_PATH"), os.getenv("BENCH_BODY"), os.getenv("BENCH_RUN")
local count = 0

request = function()
  count = count + 1
  return wrk.format("POST", path, {
    ["Host"] = wrk.headers["Host"],
    ["Authorization"] = "Bearer " .. tokens[count % #tokens + 1],
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = run .. "-" .. count,
  }, body)
end
