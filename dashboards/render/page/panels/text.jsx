import { renderMarkdown } from '@grafana/data';

export const Text = ({ panel, replaceVariables }) => (
  <div className="markdown-html" dangerouslySetInnerHTML={{ __html: renderMarkdown(replaceVariables(panel.options?.content ?? '')) }} />
);
