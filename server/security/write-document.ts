// npm run security-tests: writes docs/security-tests.md.
import { writeFileSync } from 'node:fs';
import { attacks, rules } from './lines.ts';
import { DOCUMENT, describeSecurityTests, faultsBetween, findSecurityTests } from './security-tests.ts';

const tests = findSecurityTests();
writeFileSync(DOCUMENT, describeSecurityTests(tests));
const faults = faultsBetween([...attacks, ...rules], tests);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
