import { BarGauge as Bar, VizRepeater } from '@grafana/ui';
import { getDisplayValueAlignmentFactors, VizOrientation } from '@grafana/data';
import { displayValues } from './stat.jsx';

export const BarGauge = (props) => {
  const { panel, width, height, theme } = props;
  const options = panel.options ?? {};
  return (
    <VizRepeater
      source={props.data} renderCounter={0} width={width} height={height} itemSpacing={10}
      minVizWidth={options.minVizWidth ?? 8} minVizHeight={options.minVizHeight ?? 16} maxVizHeight={options.maxVizHeight ?? 300}
      orientation={options.orientation || VizOrientation.Auto}
      getValues={() => displayValues(props, false)}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, width: w, height: h, orientation, alignmentFactors }) => (
        <Bar
          value={value.display} field={value.field} display={value.view?.getFieldDisplayProcessor(value.colIndex)}
          width={w} height={h} orientation={orientation} theme={theme} alignmentFactors={alignmentFactors}
          displayMode={options.displayMode ?? 'gradient'} valueDisplayMode={options.valueMode ?? 'color'}
          showUnfilled={options.showUnfilled ?? true} namePlacement={options.namePlacement} text={options.text}
          itemSpacing={8} lcdCellWidth={12}
        />
      )}
    />
  );
};
