// A policy of one's own: as both pages keep it in their address, and as the service is asked about it.
const USUAL = { intensity: 1, compliance: 1, lag_days: 90, running_days: 3650 };
const FIELDS = Object.keys(USUAL);
const MOST = { intensity: 1, compliance: 1, lag_days: 36500, running_days: 36500 };

export const lever = () => ({ ...USUAL });

// What a lever is limited to: districts, hours, kinds of incidents; "" for the whole city.
export const limits = ({ scope }) => [...(scope?.districts ?? []), ...(scope?.hours ? [`${scope.hours.join("–")} h`] : []), ...(scope?.incidents ?? [])].join(" · ");

// Its base; then each lever as kind*intensity*compliance*lag*running@scope, cut where the rest is as usual; then name=value.
export function toldOwn({ base, levers, set }) {
  const told = ([kind, fields]) => {
    const values = FIELDS.map((field) => fields[field]);
    while (values.length > 1 && values.at(-1) === USUAL[FIELDS[values.length - 1]]) values.pop();
    return [kind, ...values].join("*") + (limits(fields) ? `@${encodeURIComponent(JSON.stringify(fields.scope))}` : "");
  };
  return [base, ...Object.entries(levers).map(told), ...Object.entries(set).map(([name, x]) => `${name}=${x}`)].join(";");
}

export function parsedOwn(text) {
  const [base, ...parts] = (text ?? "P1").split(";");
  const own = { base: ["P0", "P1", "P2"].includes(base) ? base : "P1", levers: {}, set: {} };
  for (const part of parts) {
    const [name, value] = part.split("=");
    const [rest, scope] = part.split("@"), [kind, ...values] = rest.split("*");
    if (/^[\w.]+$/.test(name) && value !== undefined && isFinite(value)) own.set[name] = Number(value);
    else if (/^\w+$/.test(kind) && values.every((x, i) => x >= 0 && x <= MOST[FIELDS[i]]))
      own.levers[kind] = { ...Object.fromEntries(FIELDS.map((field, i) => [field, values[i] === undefined ? USUAL[field] : Number(values[i])])), ...limitedTo(scope) };
  }
  return own;
}

function limitedTo(scope) {
  try { const { districts = [], hours = null, incidents = [] } = JSON.parse(decodeURIComponent(scope)); limits({ scope: { districts, hours, incidents } }); return { scope: { districts, hours, incidents } }; } catch { return {}; }
}

// As `OwnPolicy` of the service, and back.
export const requested = ({ levers, ...own }) => ({ ...own, levers: Object.entries(levers).map(([kind, fields]) => ({ kind, ...fields })) });
export const ownOf = ({ levers, ...policy }) => ({ ...policy, levers: Object.fromEntries(levers.map(({ kind, ...fields }) => [kind, fields])) });

export const shareOf = (fields) => (fields ? fields.intensity * fields.compliance : 0);
