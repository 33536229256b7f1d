/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import type { Gateway, GatewayError } from '../carts/gateway.ts';
import { Notice } from '../carts/parts.tsx';
import { count, date, type Zone } from './format.ts';
import { ExportProgressDocument, RequestExportDocument, type ExportProgressSubscription, type ExportSheet, type PeriodInput, type RequestExportMutation } from './generated/graphql.ts';

const sheets: { name: ExportSheet; title: string }[] = [
  { name: 'ANALYTICS', title: 'Figures' },
  { name: 'USERS', title: 'Visitors' },
  { name: 'MESSAGES', title: 'Chat' },
];

type Made = RequestExportMutation['requestExport'];
type Shown = { gateway: Gateway; eventId: string; period: PeriodInput | null; zone: Zone; close: () => void };

/** Exporter makes a file of the event, and follows its download. */
export function Exporter({ gateway, eventId, period, zone, close }: Shown) {
  const [made, setMade] = useState<Made>();
  const [failure, setFailure] = useState('');

  const request = async (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const format = given.get('format') === 'XLSX' ? 'XLSX' : 'CSV';
    const chosen = sheets.map(({ name }) => name).filter((name) => (format === 'CSV' ? given.get('format') === name : given.has(name)));
    setMade(undefined);
    setFailure(chosen.length > 0 ? '' : 'Choose at least one sheet.');
    if (chosen.length === 0) return;
    try {
      const { requestExport: answer } = await gateway.run(RequestExportDocument, { input: { kind: 'LIVE_EVENT', liveEventId: eventId, format, sheets: chosen, period } });
      if (answer.userErrors[0]) setFailure(answer.userErrors[0].message);
      else setMade(answer);
    } catch (error) {
      setFailure((error as GatewayError).message);
    }
  };

  return (
    <section class="card exporter" aria-label="Export">
      <div class="cardhead">
        <h3>Export</h3>
        <small>{period ? `${date(period.start, zone, 'minute')} – ${date(period.end, zone, 'minute')}` : 'The whole event'}</small>
        <button type="button" class="quiet" aria-label="Close export" onClick={close}>×</button>
      </div>
      <form onSubmit={request}>
        <Choices />
        <button type="submit" class="primary">Make the file</button>
      </form>
      {failure && <Notice text={failure} />}
      {made?.export && <Link gateway={gateway} of={made.export} url={made.url!} zone={zone} />}
    </section>
  );
}

/** Choices are a spreadsheet of some sheets, or one of them as CSV. */
function Choices() {
  const [format, setFormat] = useState('XLSX');
  return (
    <>
      <label>
        Form
        <select name="format" value={format} onChange={(event) => setFormat(event.currentTarget.value)}>
          <option value="XLSX">Spreadsheet (.xlsx)</option>
          {sheets.map(({ name, title }) => <option key={name} value={name}>{title} (.csv)</option>)}
        </select>
      </label>
      {format === 'XLSX' && (
        <fieldset>
          <legend class="unseen">Sheets</legend>
          {sheets.map(({ name, title }) => <label key={name} class="check"><input type="checkbox" name={name} defaultChecked /> {title}</label>)}
        </fieldset>
      )}
    </>
  );
}

type Progress = ExportProgressSubscription['exportProgress'];

/** Link is where the file is, and how far its download has come. */
function Link({ gateway, of, url, zone }: { gateway: Gateway; of: NonNullable<Made['export']>; url: string; zone: Zone }) {
  const [progress, setProgress] = useState<Progress>();
  useEffect(
    () => gateway.watch(ExportProgressDocument, { id: of.exportId }, (data) => setProgress(data.exportProgress), () => undefined),
    [gateway, of.exportId],
  );

  const address = new URL(url.replace(/^\//, ''), document.baseURI); // also below a path prefix
  return (
    <div class="file">
      <a class="button" href={address.href} download>Download</a>
      <span role="status">{progress ? tell(progress) : ''}</span>
      {progress?.state === 'RUNNING' && <progress aria-label="Rows written" value={progress.totalRows === null ? undefined : progress.rows} max={progress.totalRows ?? undefined} />}
      <small>Good until {date(of.expiresAt, zone, 'moment')}, for whoever has the link.{of.personalData ? ' It holds personal data.' : ''}</small>
    </div>
  );
}

function tell({ state, rows, totalRows, failure }: Progress): string {
  switch (state) {
    case 'WAITING': return 'Ready to download.';
    case 'RUNNING': return `${count(rows)}${totalRows === null ? '' : ` of ${count(totalRows)}`} rows`;
    case 'DONE': return `Downloaded, ${count(rows)} rows.`;
    case 'FAILED': return `The download was broken off${failure === null ? '' : `: ${failure.message}`}. The link is still good.`;
    case 'EXPIRED': return 'The link is no longer good.';
  }
}
