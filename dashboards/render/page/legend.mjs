// A legend like `{{target}} is {{state}}` with the labels of a series; nothing where the data source leaves the name to Grafana.
export const renderLegendFormat = (format, labels) =>
  !format || format === '__auto' ? undefined : format.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label) => labels[label] ?? '');
