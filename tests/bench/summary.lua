-- What wrk did, as one line of JSON on its own.
done = function(summary, latency, requests)
  io.write(string.format(
    '\n{"requests": %d, "microseconds": %d, "bytes": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, summary.bytes, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
