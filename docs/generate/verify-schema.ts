// The JSON Schema of what `hookline verify --json` prints.
import { z } from 'zod';
import { verifyReport } from '../../src/cli/report/verification-json.ts';

/** The schema as a document (draft 2020-12). */
export function verifySchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(verifyReport, {
    override: ({ jsonSchema }) => {
      delete jsonSchema.maximum;
      delete jsonSchema.minimum;
    },
  });
  return `${JSON.stringify({ $schema, $id: 'urn:hookline:verify', ...schema }, null, 2)}\n`;
}
