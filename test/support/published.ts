// What commands print, held against the schemas that users get.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';

const folder = join(import.meta.dirname, '../../docs/schema');
const named = z.looseObject({ schema: z.string().regex(/^hookline\.[a-z-]+\/\d+$/) });
const validators = new Map<string, (document: unknown) => boolean>();

/** The name of the schema that a document says it has, such as `connection`. */
export function schemaName(document: unknown): string {
  return /\.(.*)\//.exec(named.parse(document).schema)?.[1] ?? '';
}

/** Whether a document is as the schema says that it names. */
export function isAsPublished(document: unknown): boolean {
  const name = schemaName(document);
  const validate = validators.get(name) ?? validatorOf(name);
  validators.set(name, validate);
  return validate(document);
}

function validatorOf(name: string): (document: unknown) => boolean {
  return new Ajv2020({ strict: true }).compile(
    JSON.parse(readFileSync(join(folder, `${name}.schema.json`), 'utf8')),
  );
}
