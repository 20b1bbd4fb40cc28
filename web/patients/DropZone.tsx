import CloudUploadOutlined from '@mui/icons-material/CloudUploadOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useDropzone } from 'react-dropzone';

/** Only the file chooser's filter: what is dropped goes to the server, which judges by content. */
const CHOOSABLE = 'image/jpeg,image/png,image/tiff,image/webp,.tif,.tiff';

interface DropZoneProps {
  disabled: boolean;
  onFiles: (files: File[]) => void;
}

export function DropZone({ disabled, onFiles }: DropZoneProps) {
  const { getRootProps, getInputProps, isDragActive, open } = useDropzone({
    disabled,
    noClick: true,
    noKeyboard: true,
    onDrop: (files: File[]) => {
      if (files.length > 0) onFiles(files);
    },
  });
  return (
    <Box
      {...getRootProps()}
      sx={{
        display: 'grid',
        justifyItems: 'center',
        gap: 1,
        px: 2,
        py: 3,
        textAlign: 'center',
        border: '1.5px dashed',
        borderColor: isDragActive ? 'primary.main' : '#b4bfc5',
        borderRadius: 1,
        bgcolor: isDragActive ? 'primary.light' : 'background.default',
      }}
    >
      <input {...getInputProps({ accept: CHOOSABLE, 'aria-label': 'Image files' })} />
      <CloudUploadOutlined aria-hidden sx={{ color: 'text.secondary', fontSize: 28 }} />
      <Typography variant="body2">{isDragActive ? 'Let go to upload' : 'Drop images here'}</Typography>
      <Button variant="outlined" onClick={open} disabled={disabled}>
        Choose files
      </Button>
      <Typography variant="caption" color="textSecondary">
        JPEG, PNG, TIFF or WebP, as many as you like
      </Typography>
    </Box>
  );
}
