import { cacheFieldDisplayNames } from '@grafana/data';
import { TableNG } from '@grafana/ui/unstable';

// A table shows one frame; where there are several and none is chosen, the first.
export const Table = ({ panel, data, fieldConfig, width, height, range }) => {
  const options = panel.options ?? {};
  cacheFieldDisplayNames(data); // the header shows what is cached
  const frame = data[Math.min(options.frameIndex ?? 0, data.length - 1)];
  return (
    <TableNG
      data={frame} width={width} height={height} noHeader={options.showHeader === false} showTypeIcons={options.showTypeIcons}
      sortBy={options.sortBy} enablePagination={options.enablePagination} cellHeight={options.cellHeight}
      frozenColumns={options.frozenColumns?.left} maxRowHeight={options.maxRowHeight} fieldConfig={fieldConfig}
      timeRange={range} structureRev={1} noValue={fieldConfig.defaults.noValue} enableVirtualization={false}
    />
  );
};
