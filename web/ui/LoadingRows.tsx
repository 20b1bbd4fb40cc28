import Skeleton from '@mui/material/Skeleton';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';

/** Lists show a name with a quiet line below it. */
const TWO_LINE_ROW_PX = 53;

/** Table rows of the height that the real ones will have. */
export function LoadingRows({ rows = 8, columns }: { rows?: number; columns: number }) {
  return Array.from({ length: rows }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move
    <TableRow key={row} aria-hidden sx={{ height: TWO_LINE_ROW_PX }}>
      {Array.from({ length: columns }, (_, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: as above
        <TableCell key={column}>
          <Skeleton width={`${45 + ((row * 17 + column * 29) % 45)}%`} />
        </TableCell>
      ))}
    </TableRow>
  ));
}
