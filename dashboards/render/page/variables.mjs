// The variables of a dashboard: which values they have, and how they are put into queries and texts.
import { labelValues, queryResult } from './prometheus.mjs';

export const ALL = '$__all';
const reference = /\$(\w+)|\$\{(\w+)((?:\.[\w-]+|\[[^\]]+\])*)(?::(\w+))?\}|\[\[(\w+)\]\]/g;

const escapeText = (value) => value.replace(/\\/g, '\\\\').replace(/'/g, "\\\\'");
const escapeRegex = (value) => value.replace(/\\/g, '\\\\\\\\').replace(/[$^*{}[\]+?.()|]/g, '\\\\$&');

const asList = (value) => (Array.isArray(value) ? value : [value]);

// The values that are chosen; "All" stands for every option, or for allValue where the dashboard gives one.
const chosen = (variable) => {
  if (!asList(variable.value).includes(ALL)) return variable.value;
  return variable.allValue ?? variable.options;
};

const isAllValue = (variable) => asList(variable.value).includes(ALL) && variable.allValue !== undefined;

// A choice of several is a regular expression; a single choice is text, and a query must compare it with `=`.
const forQuery = (variable) => {
  const value = chosen(variable);
  if (isAllValue(variable)) return value;
  if (!variable.multi && !variable.includeAll) return escapeText(String(value));
  const escaped = asList(value).map((one) => escapeRegex(String(one)));
  return escaped.length === 1 ? escaped[0] : `(${escaped.join('|')})`;
};

const forText = (variable) =>
  asList(variable.value).includes(ALL) ? 'All' : asList(variable.value).join(' + ');

const formats = {
  raw: (variable) => asList(chosen(variable)).join(','),
  csv: (variable) => asList(chosen(variable)).join(','),
  pipe: (variable) => asList(chosen(variable)).join('|'),
  text: forText,
  regex: forQuery,
  queryparam: (variable) =>
    asList(variable.value).map((one) => `var-${variable.name}=${encodeURIComponent(one)}`).join('&'),
};

// `${__field.labels.target}` and the like, where @grafana/data says of what the text speaks.
const scoped = (scopedVars, name, path) => {
  const found = scopedVars?.[name]?.value ?? scopedVars?.__dataContext?.value?.[name.replace(/^__/, '')];
  const keys = (path ?? '').split(/[.[\]"]+/).filter((key) => key !== '');
  return keys.reduce((inner, key) => inner?.[key], found);
};

const substitute = (text, variables, scopedVars, standard) =>
  text.replace(reference, (whole, plain, braced, path, format, bracketed) => {
    const name = plain ?? braced ?? bracketed;
    const variable = variables.find((one) => one.name === name);
    if (variable !== undefined) return (formats[format] ?? standard)(variable);
    const value = scoped(scopedVars, name, path);
    return value === undefined || typeof value === 'object' ? whole : String(value);
  });

const plainScope = (values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));

export const inQuery = (text, variables, builtIns = {}) => substitute(text, variables, plainScope(builtIns), forQuery);
export const inText = (variables, builtIns = {}) => (text, scopedVars) =>
  substitute(text ?? '', variables, { ...plainScope(builtIns), ...scopedVars }, forText);

const orders = {
  1: (a, b) => a.localeCompare(b),
  3: (a, b) => Number(a.match(/\d+/)?.[0] ?? -1) - Number(b.match(/\d+/)?.[0] ?? -1),
  5: (a, b) => a.toLowerCase().localeCompare(b.toLowerCase()),
  7: (a, b) => a.localeCompare(b, undefined, { numeric: true }),
};

// Grafana numbers ascending orders odd, and each descending one after it.
const sorted = (values, sort) => {
  if (!sort) return values;
  const ascending = [...values].sort(orders[sort % 2 === 1 ? sort : sort - 1] ?? orders[1]);
  return sort % 2 === 1 ? ascending : ascending.reverse();
};

const queryText = (query) => (typeof query === 'string' ? query : (query?.query ?? ''));

const optionsOfQuery = async (model, before, range) => {
  const text = inQuery(queryText(model.query), before);
  const labels = text.match(/^label_values\((?:(.+),\s*)?(\w+)\s*\)$/s);
  if (labels) return sorted(await labelValues(labels[2], labels[1], range), model.sort);
  const result = text.match(/^query_result\((.+)\)\s*$/s);
  if (result) return sorted(await queryResult(result[1], range), model.sort);
  throw new Error(`The query of the variable ${model.name} is of a kind that is not understood here: ${text}`);
};

const optionsOf = async (model, before, range) => {
  if (model.type === 'query') return optionsOfQuery(model, before, range);
  if (model.type === 'datasource') return ['Prometheus'];
  const listed = (model.options ?? []).map((option) => option.value).filter((value) => value !== ALL);
  return listed.length > 0 ? listed : queryText(model.query).split(',').map((value) => value.trim());
};

const filtered = (options, regex) => {
  if (!regex) return options;
  const [, body, flags] = regex.match(/^\/(.*)\/([a-z]*)$/s) ?? [undefined, regex, ''];
  const pattern = new RegExp(body, flags);
  return options.filter((option) => pattern.test(option));
};

// What the caller asks for, else what the dashboard was saved with, else the first option.
const valueOf = (model, options, asked) => {
  if (asked !== undefined) return model.multi ? asked : asked[0];
  const saved = model.current?.value;
  if (asList(saved).includes(ALL)) return model.multi ? [ALL] : ALL;
  if (saved !== undefined && asList(saved).length > 0 && asList(saved).every((value) => options.includes(value))) return saved;
  if (model.includeAll) return model.multi ? [ALL] : ALL;
  return options[0] ?? '';
};

// In order: later variables may depend on earlier ones.
export const resolve = async (models, asked, range) => {
  const variables = [];
  for (const model of models) {
    const options = filtered(await optionsOf(model, variables, range), model.regex);
    variables.push({
      name: model.name,
      label: model.label || model.name,
      hidden: model.hide === 2,
      multi: model.multi ?? false,
      includeAll: model.includeAll ?? false,
      allValue: model.allValue || undefined,
      options,
      value: valueOf(model, options, asked[model.name]),
    });
  }
  return variables;
};

export const shown = forText;
