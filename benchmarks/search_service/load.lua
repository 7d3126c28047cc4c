-- Questions of many callers, for wrk: keys and texts come from the file named after `--`. Ends with a line of JSON.
local questions, keys, at, threads = {}, {}, 0, {}

function setup(thread) table.insert(threads, thread) end

function init(args)
  local callers = tonumber(args[2])
  for line in io.lines(args[1]) do table.insert(questions, line) end
  for number = 0, callers - 1 do keys[number] = "Bearer key " .. number end
  math.randomseed(7)
end

function request()
  at = at + 1
  local body = '{"text": "' .. questions[1 + at % #questions] .. '", "k": 5}'
  return wrk.format("POST", "/v1/search", { ["content-type"] = "application/json", ["authorization"] = keys[at % (#keys + 1)] }, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"requests": %d, "seconds": %.3f, "p50": %.2f, "p95": %.2f, "p99": %.2f, "refused": %d, "lost": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
