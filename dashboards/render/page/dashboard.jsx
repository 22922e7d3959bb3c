import { useTheme2, Icon } from '@grafana/ui';
import { dateTimeFormat, rangeUtil } from '@grafana/data';
import { bottom, places } from './layout.mjs';
import { Panel } from './panel.jsx';
import { shown } from './variables.mjs';

const margin = 16;

const Box = ({ children, label }) => {
  const { colors, shape, typography } = useTheme2();
  const border = `1px solid ${colors.border.medium}`;
  return (
    <span style={{ display: 'inline-flex', fontSize: typography.bodySmall.fontSize, border, borderRadius: shape.radius.default }}>
      {label && (
        <span style={{ padding: '6px 8px', background: colors.background.secondary, borderRight: border, fontWeight: 500 }}>{label}</span>
      )}
      <span style={{ padding: '6px 8px', background: colors.background.canvas }}>{children}</span>
    </span>
  );
};

const rangeText = (range, timeZone) =>
  typeof range.raw.from === 'string'
    ? rangeUtil.describeTimeRange(range.raw)
    : [range.from, range.to].map((time) => dateTimeFormat(time, { timeZone })).join(' to ');

const Bar = ({ dashboard, context }) => (
  <header style={{ padding: `12px 0`, display: 'flex', flexWrap: 'wrap', gap: 8, alignItems: 'center' }}>
    <h4 style={{ margin: 0, marginRight: 16 }}>{dashboard.title}</h4>
    {context.variables.filter((variable) => !variable.hidden).map((variable) => (
      <Box key={variable.name} label={variable.label}>{shown(variable)}</Box>
    ))}
    <span style={{ flexGrow: 1 }} />
    {(dashboard.links ?? []).map((link) => <Box key={link.title}><Icon name="external-link-alt" size="sm" /> {link.title}</Box>)}
    <Box><Icon name="clock-nine" size="sm" /> {rangeText(context.range, context.timeZone)}</Box>
  </header>
);

const Row = ({ title, collapsed }) => (
  <div style={{ fontWeight: 500, fontSize: 16, height: 30, display: 'flex', alignItems: 'center', gap: 4 }}>
    <Icon name={collapsed ? 'angle-right' : 'angle-down'} /> {title}
  </div>
);

export const Dashboard = ({ dashboard, context, width, footer, only, onReady }) => {
  const theme = useTheme2();
  const placed = places(dashboard, width - 2 * margin, only);
  return (
    <div style={{ width, padding: `0 ${margin}px`, boxSizing: 'border-box', background: theme.colors.background.canvas }}>
      <Bar dashboard={dashboard} context={context} />
      <main style={{ position: 'relative', height: bottom(placed) }}>
        {placed.map(({ panel, ...place }) => (
          <section key={panel.id} data-panel={panel.id} style={{ position: 'absolute', ...place }}>
            {panel.type === 'row'
              ? <Row title={panel.title} collapsed={panel.collapsed} />
              : <Panel panel={panel} context={context} width={place.width} height={place.height} onReady={onReady} />}
          </section>
        ))}
      </main>
      <footer style={{ padding: '8px 0', fontSize: 11, color: theme.colors.text.secondary }}>{footer}</footer>
    </div>
  );
};
