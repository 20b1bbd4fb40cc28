import Snackbar from '@mui/material/Snackbar';
import { useCallback, useState } from 'react';
import { useNavigate } from 'react-router';
import type { Api } from '../../contract/api.ts';
import type { CallResult } from '../../contract/route.ts';
import type { Command } from '../annotation/keyboard.ts';
import { useUser } from '../api/services.ts';
import { CellList } from '../cells/CellList.tsx';
import { KeyboardHelp } from '../cells/KeyboardHelp.tsx';
import { DetectionPanel } from '../detection/DetectionPanel.tsx';
import { PreviewBar } from '../detection/PreviewBar.tsx';
import { useDetection } from '../detection/use-detection.ts';
import { useEmergencyAccess } from '../emergency/emergency-queries.ts';
import type { SampleViewer } from '../viewer/sample-viewer.ts';
import { CellsColumn } from './CellsColumn.tsx';
import { FieldBar } from './FieldBar.tsx';
import { LeaveGuard } from './LeaveGuard.tsx';
import type { OpenSample } from './open-sample.ts';
import { ReadingPanel } from './ReadingPanel.tsx';
import { runReaderCommand } from './reader-commands.ts';
import { SampleHeader } from './SampleHeader.tsx';
import { SampleImage } from './SampleImage.tsx';
import { NewCellsNotice, NoCellsYet, SampleNotOpen } from './SampleNotOpen.tsx';
import { type Sample, useLavageFields, useOpenSample, useSampleCells } from './sample-queries.ts';
import { useFieldReading } from './use-field-reading.ts';
import { useLookAhead } from './use-look-ahead.ts';
import { usePlaceAskedFor } from './use-place-asked-for.ts';
import { PAGE_KEYS, useReaderKeys } from './use-reader-keys.ts';
import { useShownRun, useTakeApplied } from './use-shown-run.ts';
import { useIsWide, WorkspaceGrid } from './WorkspaceGrid.tsx';

interface SampleWorkspaceProps {
  sample: Sample;
  /** When `sample` was fetched, milliseconds since 1970. */
  loadedAt: number;
  settings: CallResult<Api['laboratorySettings']>;
  reload: () => void;
}

interface View {
  viewer: SampleViewer;
  element: HTMLElement;
}

/** Brings image, cells, count and diagnosis of one sample together. */
export function SampleWorkspace({ sample, loadedAt, settings, reload }: SampleWorkspaceProps) {
  const { id: userId, role } = useUser();
  const emergency = useEmergencyAccess(sample.patient.id);
  const isReader = role !== 'UPLOADER' && !emergency;
  const isWide = useIsWide();
  const navigate = useNavigate();
  const [view, setView] = useState<View | null>(null);
  const [message, setMessage] = useState('');
  const [helpOpen, setHelpOpen] = useState(false);
  const [diagnosisUnsaved, setDiagnosisUnsaved] = useState(false);
  const [collapsed, setCollapsed] = useState(false);

  const fields = useLavageFields(sample.lavageId);
  const shownRun = useShownRun(sample);
  const cells = useSampleCells(sample, shownRun.runId, settings.cellTypes, isReader);
  const open = useOpenSample(cells.data, sample.lavageId);
  const field = useFieldReading(sample, open, isReader);
  const mayEdit = isReader && !field.isClosed;
  const detection = useDetection(
    {
      jobId: sample.jobId,
      lavageId: sample.lavageId,
      runId: open?.runId ?? null,
      parameters: shownRun.parameters,
      canPreview: sample.tiles === null,
    },
    view?.viewer ?? null,
  );
  const canEdit = mayEdit && !detection.isPreviewing;
  useTakeApplied(shownRun, open);
  useLookAhead(sample.nextJobId, view !== null);
  usePlaceAskedFor(view?.viewer ?? null);

  const onViewer = useCallback((viewer: SampleViewer | null, element: HTMLElement | null) => {
    setView(viewer && element ? { viewer, element } : null);
    element?.focus({ preventScroll: true });
  }, []);
  const goTo = (jobId: string) => void navigate(`/samples/${jobId}`);
  const goToNeighbour = (neighbour: 'previous' | 'next') => {
    const jobId = neighbour === 'next' ? sample.nextJobId : sample.previousJobId;
    if (jobId) goTo(jobId);
    else setMessage(neighbour === 'next' ? 'This is the last field.' : 'This is the first field.');
    return true;
  };
  const run = (command: Command): boolean => {
    if (!open || !view) return false;
    const { store, selection, undo } = open;
    const session = { store, selection, undo, viewer: view.viewer };
    return runReaderCommand(command, { session, canEdit, goTo: goToNeighbour, say: setMessage });
  };
  useReaderKeys(view?.element ?? null, {
    cellTypes: settings.cellTypes,
    run,
    complete: () => {
      if (canEdit && field.state === 'unread') void field.mark({ state: 'complete' });
    },
    help: () => setHelpOpen(true),
  });

  const cellsColumn = open && view && (
    <CellsColumn open={open} viewer={view.viewer} canEdit={canEdit} run={run} />
  );
  return (
    <>
      <WorkspaceGrid
        panelCollapsed={collapsed}
        header={
          <SampleHeader
            sample={sample}
            fields={fields.data ?? []}
            autosave={isReader ? (open?.autosave ?? null) : null}
            goTo={goTo}
          />
        }
        cells={cellsColumn ?? <NoCellsYet sample={sample} />}
        image={
          <>
            {shownRun.isOutdated && open && !shownRun.isAwaited && (
              <NewCellsNotice onTake={() => void open.autosave.flush().then(shownRun.takeLatest)} />
            )}
            {open ? (
              <SampleImage
                key={`${open.jobId} ${open.runId}`}
                open={open}
                image={{
                  url: sample.imageUrl,
                  signedAt: loadedAt,
                  width: sample.width,
                  height: sample.height,
                  tiles: sample.tiles,
                }}
                canEdit={mayEdit}
                isPreview={detection.isPreviewing}
                viewer={view?.viewer ?? null}
                onViewer={onViewer}
                run={run}
                onHelp={() => setHelpOpen(true)}
                reload={reload}
              />
            ) : (
              <SampleNotOpen
                sample={sample}
                cells={cells}
                canReprocess={isReader || sample.uploader.id === userId}
              />
            )}
            {open && detection.isPreviewing && (
              <PreviewBar
                reviewed={reviewedIn(open)}
                isApplied={shownRun.isAwaited && isBusy(sample)}
                onCancel={() => detection.live?.cancel()}
              />
            )}
            {open && isReader && !detection.isPreviewing && (
              <FieldBar
                store={open.store}
                state={field.state}
                excludedBecause={field.excludedBecause}
                twoEdgeRule={settings.twoEdgeRule}
                error={field.error}
                busy={field.isChanging}
                onReopenReading={field.isClosed ? field.reopenReading : undefined}
                onMark={(change) => void field.mark(change)}
                onNext={sample.nextJobId ? () => goToNeighbour('next') : undefined}
              />
            )}
          </>
        }
        panel={
          <ReadingPanel
            sample={sample}
            settings={settings}
            isReader={isReader}
            cells={isWide ? null : cellsColumn}
            list={
              open &&
              view && (
                <CellList
                  store={open.store}
                  selection={open.selection}
                  onShow={(cell) => view.viewer.zoomTo(cell)}
                />
              )
            }
            detection={
              <DetectionPanel
                detection={detection}
                sample={sample}
                fields={fields.data ?? []}
                cellTypes={settings.cellTypes}
                storedCells={open?.store.run ?? null}
                canApply={isReader}
                beforeApply={async () => open?.autosave.flush() ?? true}
                onApplied={shownRun.awaitNext}
              />
            }
            collapsed={!isWide && collapsed}
            onCollapse={isWide ? undefined : setCollapsed}
            onDiagnosisDirty={setDiagnosisUnsaved}
          />
        }
      />
      <KeyboardHelp
        open={helpOpen}
        onClose={() => setHelpOpen(false)}
        cellTypes={settings.cellTypes}
        pageKeys={PAGE_KEYS}
      />
      <LeaveGuard autosave={isReader ? (open?.autosave ?? null) : null} diagnosisUnsaved={diagnosisUnsaved} />
      <Snackbar
        open={message !== ''}
        message={message}
        autoHideDuration={4000}
        onClose={() => setMessage('')}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'center' }}
      />
    </>
  );
}

const reviewedIn = ({ store }: OpenSample) => store.counts().reviewed.reduce((sum, count) => sum + count, 0);

const isBusy = ({ inferenceStatus }: Sample) =>
  inferenceStatus === 'pending' || inferenceStatus === 'processing';
