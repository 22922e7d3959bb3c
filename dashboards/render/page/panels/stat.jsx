import {
  BigValueColorMode, BigValueGraphMode, BigValueJustifyMode, BigValueTextMode, BigValue, VizRepeater,
} from '@grafana/ui';
import { getDisplayValueAlignmentFactors, getFieldDisplayValues, VizOrientation } from '@grafana/data';

// Values of a stat and of a bar gauge are taken from the data in the same way.
export const displayValues = ({ panel, data, fieldConfig, theme, timeZone, replaceVariables }, sparkline) =>
  getFieldDisplayValues({
    fieldConfig, data, theme, timeZone, replaceVariables, sparkline,
    reduceOptions: { calcs: ['lastNotNull'], values: false, ...panel.options?.reduceOptions },
  });

export const Stat = (props) => {
  const { panel, width, height, theme } = props;
  const options = panel.options ?? {};
  const graphMode = options.graphMode ?? BigValueGraphMode.Area;
  return (
    <VizRepeater
      source={props.data} renderCounter={0} width={width} height={height} itemSpacing={3} autoGrid
      orientation={options.orientation || VizOrientation.Auto}
      getValues={() => displayValues(props, graphMode !== BigValueGraphMode.None)}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, width: w, height: h, alignmentFactors, count }) => (
        <BigValue
          value={value.display} sparkline={value.sparkline} width={w} height={h} theme={theme} count={count}
          alignmentFactors={alignmentFactors} graphMode={graphMode} text={options.text}
          colorMode={options.colorMode ?? BigValueColorMode.Value}
          justifyMode={options.justifyMode ?? BigValueJustifyMode.Auto}
          textMode={options.textMode ?? BigValueTextMode.Auto}
          disableWideLayout={options.wideLayout === false}
        />
      )}
    />
  );
};
