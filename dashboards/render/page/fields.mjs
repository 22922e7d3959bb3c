// Field configuration as Grafana's panels register it: the standard options, and the panel's own under `custom`.
import {
  FieldColorModeId, FieldType, Registry, applyFieldOverrides, booleanOverrideProcessor, dataLinksOverrideProcessor,
  displayNameOverrideProcessor, identityOverrideProcessor, numberOverrideProcessor, stringOverrideProcessor,
  thresholdsOverrideProcessor, unitOverrideProcessor, valueMappingsOverrideProcessor,
} from '@grafana/data';

const always = () => true;
const onlyNumbers = (field) => field.type === FieldType.number;

const standard = [
  ['unit', unitOverrideProcessor, always],
  ['min', numberOverrideProcessor, onlyNumbers],
  ['max', numberOverrideProcessor, onlyNumbers],
  ['fieldMinMax', booleanOverrideProcessor, onlyNumbers],
  ['decimals', numberOverrideProcessor, onlyNumbers],
  ['displayName', displayNameOverrideProcessor, always],
  ['color', identityOverrideProcessor, always],
  ['noValue', stringOverrideProcessor, always],
  ['links', dataLinksOverrideProcessor, always],
  ['mappings', valueMappingsOverrideProcessor, always],
  ['thresholds', thresholdsOverrideProcessor, always],
].map(([id, process, shouldApply]) => ({ id, path: id, name: id, process, shouldApply, settings: { expandTemplateVars: true } }));

// What a panel of this type does where the dashboard says nothing.
const customDefaults = {
  timeseries: {
    drawStyle: 'line', lineInterpolation: 'linear', lineWidth: 1, fillOpacity: 0, gradientMode: 'none', pointSize: 5,
    showPoints: 'auto', spanNulls: false, barAlignment: 0, axisPlacement: 'auto', axisColorMode: 'text',
    scaleDistribution: { type: 'linear' }, stacking: { mode: 'none', group: 'A' }, thresholdsStyle: { mode: 'off' },
    hideFrom: { tooltip: false, viz: false, legend: false },
  },
  table: { align: 'auto', cellOptions: { type: 'auto' }, inspect: false },
  'state-timeline': { lineWidth: 0, fillOpacity: 70 },
};

const standardDefaults = (type) => ({
  color: { mode: type === 'timeseries' ? FieldColorModeId.PaletteClassic : FieldColorModeId.Thresholds },
  thresholds: { mode: 'absolute', steps: [{ value: -Infinity, color: 'green' }, { value: 80, color: 'red' }] },
  mappings: [],
});

const custom = (id) => ({
  id: `custom.${id}`, path: id, name: id, isCustom: true, process: identityOverrideProcessor, shouldApply: always, settings: {},
});

const registry = (fieldConfig) => {
  const overridden = fieldConfig.overrides.flatMap((rule) => rule.properties)
    .filter((property) => property.id.startsWith('custom.')).map((property) => property.id.slice('custom.'.length));
  const ids = new Set([...Object.keys(fieldConfig.defaults.custom ?? {}), ...overridden]);
  return new Registry(() => [...standard, ...[...ids].map(custom)]);
};

const withDefaults = (panel) => {
  const given = panel.fieldConfig ?? {};
  return {
    defaults: {
      ...standardDefaults(panel.type), ...given.defaults,
      custom: { ...customDefaults[panel.type], ...given.defaults?.custom },
    },
    overrides: given.overrides ?? [],
  };
};

export const configure = (panel, data, theme, timeZone, replaceVariables) => {
  const fieldConfig = withDefaults(panel);
  return {
    fieldConfig,
    data: applyFieldOverrides({
      data, fieldConfig, theme, timeZone, replaceVariables, fieldConfigRegistry: registry(fieldConfig),
    }),
  };
};
