/**
 * Lets a spawned Node run the sources, so that tests need no build: `node --import <this file>`. With
 * `SEEKNAL_LOADED=<file>`, the address of every module is written there as it is loaded; with
 * `SEEKNAL_WITHOUT=<package>`, that one is not found.
 */
import { register } from 'node:module';

register(new URL('./sources.test.loader.js', import.meta.url));
