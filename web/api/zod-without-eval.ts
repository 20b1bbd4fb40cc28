import { z } from 'zod';

// The content security policy forbids code made from strings, which zod would try first. This has to run before any
// schema is made, so it is imported before them.
z.config({ jitless: true });
