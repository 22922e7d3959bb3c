// The range of time that is shown, and the intervals that Grafana derives from it.
import { dateMath, dateTime, rangeUtil } from '@grafana/data';

export const timeRange = (from, to) => ({
  from: dateMath.parse(from, false),
  to: dateMath.parse(to, true),
  raw: { from, to },
});

export const fixedRange = (from, to) => ({ from: dateTime(from), to: dateTime(to), raw: { from: dateTime(from), to: dateTime(to) } });

// The step of a query: as many points as the panel has pixels, but none finer than the lowest interval.
export const interval = (range, points, lowest) => rangeUtil.calculateInterval(range, Math.max(points, 1), lowest).intervalMs;

export const seconds = (text) => rangeUtil.intervalToSeconds(text);

// A rate needs four scrapes, or its own step and one scrape more, whichever is longer.
export const rateInterval = (stepMs, scrapeMs) => Math.max(stepMs + scrapeMs, 4 * scrapeMs);

export const builtIns = (range, stepMs, scrapeMs) => {
  const rangeMs = range.to.valueOf() - range.from.valueOf();
  const rangeS = Math.round(rangeMs / 1000);
  return {
    __interval: rangeUtil.secondsToHms(stepMs / 1000),
    __interval_ms: String(stepMs),
    __rate_interval: rangeUtil.secondsToHms(rateInterval(stepMs, scrapeMs) / 1000),
    __range: `${rangeS}s`,
    __range_s: String(rangeS),
    __range_ms: String(rangeMs),
    __from: String(range.from.valueOf()),
    __to: String(range.to.valueOf()),
  };
};
