import { Component, useEffect, useState } from 'react';
import { PanelChrome } from '@grafana/ui';
import { isEmpty, load } from './data.mjs';
import { drawings, drawsNothing } from './panels/index.mjs';

const Notice = ({ children, width, height }) => (
  <div style={{ width, height, display: 'flex', alignItems: 'center', justifyContent: 'center', textAlign: 'center' }}>{children}</div>
);

// A panel that cannot be drawn must not take the whole picture with it, and must be seen and reported.
class Guard extends Component {
  state = {};
  static getDerivedStateFromError(error) { return { error }; }
  componentDidCatch(error) { this.props.onError(error); }
  render() { return this.state.error ? <Notice {...this.props}>{String(this.state.error)}</Notice> : this.props.children; }
}

const Body = ({ panel, loaded, context, width, height, onError }) => {
  const Drawing = drawings[panel.type];
  if (loaded.error) return <Notice width={width} height={height}>{loaded.error}</Notice>;
  if (isEmpty(loaded.data) && !drawsNothing.has(panel.type)) {
    return <Notice width={width} height={height}>{panel.fieldConfig?.defaults?.noValue || 'No data'}</Notice>;
  }
  return (
    <Guard width={width} height={height} onError={onError}>
      <Drawing {...loaded} {...context} panel={panel} width={width} height={height} />
    </Guard>
  );
};

const report = (panel, loaded) => ({
  id: panel.id, type: panel.type, title: panel.title, error: loaded.error,
  frames: loaded.data.length, rows: loaded.data.reduce((sum, frame) => sum + frame.length, 0), empty: panel.targets?.length > 0 && isEmpty(loaded.data),
});

const fetched = async (panel, context, width) => {
  try {
    if (drawings[panel.type] === undefined) throw new Error(`Panels of type ${panel.type} are not drawn by this tool.`);
    return await load(context, panel, width);
  } catch (error) {
    return { error: String(error.message ?? error), data: [] };
  }
};

export const Panel = ({ panel, context, width, height, onReady }) => {
  const [loaded, setLoaded] = useState();
  const settle = (outcome) => { setLoaded(outcome); onReady(report(panel, outcome)); };
  useEffect(() => { fetched(panel, context, width).then(settle); }, []);
  const title = loaded?.replaceVariables?.(panel.title ?? '') ?? panel.title;
  return (
    <PanelChrome
      width={width} height={height} title={title} description={panel.description} hoverHeader={!title}
      displayMode={panel.transparent ? 'transparent' : 'default'}
    >
      {(w, h) => loaded && (
        <Body panel={panel} loaded={loaded} context={context} width={w} height={h}
          onError={(error) => onReady(report(panel, { ...loaded, error: String(error) }))} />
      )}
    </PanelChrome>
  );
};
