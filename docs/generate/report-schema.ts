// The JSON Schemas of what commands print with `--json`.
import { z } from 'zod';

/** The schema of a report as a document (draft 2020-12). */
export function reportSchema(report: z.ZodType, name: string): string {
  const { $schema, ...schema } = z.toJSONSchema(report, {
    override: ({ jsonSchema }) => {
      delete jsonSchema.maximum;
      delete jsonSchema.minimum;
      delete jsonSchema.readOnly;
    },
  });
  return `${JSON.stringify({ $schema, $id: `urn:hookline:${name}`, ...schema }, null, 2)}\n`;
}
