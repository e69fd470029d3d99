// A program that makes a namespace, prints its name, and waits to be interrupted.
import { createNamespace } from './namespace.ts';

const { name } = await createNamespace('interrupted');
console.log(name);
setInterval(() => {}, 1000);
