// Reports each test of node's runner as a line of JSON, for a driver that passes it on: name, seconds, and the error's text of
// one that failed. A suite is told of only when it fails by itself.
const text = (error) => {
  const cause = error?.cause ?? error;
  return cause?.message ? `${cause.message}\n${cause.stack ?? ''}` : String(cause);
};

export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const ofItsParts = data.details?.error?.failureType === 'subtestsFailed';
    const suite = data.details?.type === 'suite';
    if (ofItsParts || (suite && type === 'test:pass')) continue;
    const line = { name: data.name, seconds: Math.round(data.details.duration_ms) / 1000 };
    if (type === 'test:fail') line.error = text(data.details.error);
    yield `${JSON.stringify(line)}\n`;
  }
}
