// Every page of a running daemon, with its address and the status it is to have.
export const api = async (url, path) => {
  const response = await fetch(`${url}/api/v1/${path}`);
  if (!response.ok) throw new Error(`${url}/api/v1/${path}: status ${response.status}`);
  return response.json();
};

export const rows = async (url, query) => (await api(url, `targets?${query}`)).targets;

// The part of a path that stands for a group's name: what is no letter, digit, ".", "-" or "_" is ~ and its byte in hex.
export const pathOf = (name) =>
  [...new TextEncoder().encode(name)].map((byte) => {
    const letter = String.fromCharCode(byte);
    return /[\w.-]/.test(letter) ? letter : `~${byte.toString(16).padStart(2, '0')}`;
  }).join('');

// `worst`: a part of the name of the host whose page stands for those of failing hosts; without it, one that resets.
export const allPages = async (url, worst) => {
  const [reset] = await rows(url, worst ? `q=${encodeURIComponent(worst)}` : 'state=down&reason=connection_reset');
  const [healthy] = await rows(url, `state=up&q=${encodeURIComponent('rdsh')}`);
  if (!reset || !healthy) throw new Error('the fleet has no host that resets, or none that is up');
  return [
    { name: 'overview', path: '/', status: 200 },
    { name: 'targets', path: '/targets', status: 200 },
    { name: 'target-down', path: `/targets/${reset.id}`, status: 200 },
    { name: 'target-up', path: `/targets/${healthy.id}`, status: 200 },
    { name: 'groups', path: '/groups', status: 200 },
    { name: 'group', path: `/groups/${pathOf(reset.group)}`, status: 200 },
    { name: 'certificates', path: '/certificates', status: 200 },
    { name: 'security', path: '/security', status: 200 },
    { name: 'maintenance', path: '/maintenance', status: 200 },
    { name: 'clean-up', path: '/clean-up', status: 200 },
    { name: 'events', path: '/events', status: 200 },
    { name: 'config', path: '/config', status: 200 },
    { name: 'causes', path: '/causes', status: 200 },
    { name: 'cause', path: '/causes/private_key_unreadable', status: 200 },
    { name: 'not-found', path: '/targets/nobody', status: 404 },
    { name: 'bad-request', path: '/targets?state=broken', status: 400 },
  ];
};
