// The JSON Schema of `hookline/nftables-json`, made from the model that validates.
import { z } from 'zod';
import { named, ruleset } from '../../src/core/nft/schema/command.ts';
import { expression } from '../../src/core/nft/schema/expression.ts';
import { objects } from '../../src/core/nft/schema/object.ts';
import { statefulStatement } from '../../src/core/nft/schema/stateful.ts';
import { knownStatement } from '../../src/core/nft/schema/statement.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

const definitions = {
  expression,
  statement: knownStatement,
  statefulStatement,
  named,
  ...Object.fromEntries(Object.entries(objects).map(([key, schema]) => [`object ${key}`, schema])),
};

/** The schema as a document (draft 2020-12). It tolerates what `parseNftables` tolerates without `strict`. */
export function nftablesJsonSchema(): string {
  for (const [id, schema] of Object.entries(definitions))
    z.globalRegistry.add(schema, { id: id.replaceAll(' ', '-') });
  const { $schema, ...schema } = z.toJSONSchema(ruleset, {
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      delete jsonSchema.maximum;
      delete jsonSchema.minimum;
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      mergeByKey(jsonSchema);
    },
  });
  const head = {
    $schema,
    $id: 'urn:hookline:nftables-json',
    title: 'libnftables JSON',
    description:
      'What `nft -j list ruleset` prints and `nft -j -f` reads. Keys that are not known are allowed.',
  };
  return `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`;
}

/** A choice of objects of one key becomes one object, of which an editor can say what is wrong. */
function mergeByKey(schema: JsonSchema): void {
  const options = schema.anyOf ?? [];
  const properties = options.map((option) => (isByKey(option) ? option.properties : undefined));
  if (options.length === 0 || properties.some((one) => one === undefined)) return;
  delete schema.anyOf;
  Object.assign(schema, {
    type: 'object',
    properties: Object.assign({}, ...properties),
    minProperties: 1,
    maxProperties: 1,
  });
}

/** nft's objects of one key have no other; all others have several or may be empty. */
function isByKey(option: JsonSchema): boolean {
  const keys = Object.keys(option.properties ?? {});
  return keys.length === 1 && option.required?.length === 1;
}
