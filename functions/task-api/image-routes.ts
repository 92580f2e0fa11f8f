import { imagePathSchema, imageRequestSchema } from '../contracts/images-api.ts';
import { InvalidInput, parseInput } from '../core/invalid-input.ts';
import {
  isImageEnded,
  nextImageChangeAt,
  type ReadImagePorts,
  type RequestImagePorts,
  readImage,
  recognizeObject,
  requestUpload,
} from '../core/request-image.ts';
import { retryDelaySeconds } from '../core/task-times.ts';
import { jsonBody } from './json-body.ts';
import { json, pathPrefixOf, type Request, type RouteHandlers, refuseQuery } from './responses.ts';
import type { WaitIfPreferred } from './waiting.ts';

export interface ImageRoutesDependencies {
  readonly ports: RequestImagePorts;
  /** Read the records while a request waits. */
  readonly readers: ReadImagePorts;
  readonly waitIfPreferred: WaitIfPreferred;
}

/** The routes of images. */
export function createImageRoutes({ ports, readers, waitIfPreferred }: ImageRoutesDependencies) {
  return {
    async requestImage(request) {
      refuseQuery(request);
      const image = parseInput(imageRequestSchema, jsonBody(request), 'body');
      const { fileName, source } = image;
      if (fileName !== undefined && source === undefined && !image.again) {
        const requested = await requestUpload({ ...image, fileName }, ports);
        return json(201, requested, imageLocation(request, requested.imageId));
      }
      if (source === undefined || fileName !== undefined || image.contentType !== undefined) {
        const allowed =
          'fileName, with contentType if you like, for an upload link; or source, with again if you like';
        throw new InvalidInput('body', 'another combination of fileName, source and again', allowed);
      }
      const { record, isNew } = await recognizeObject({ ...image, source }, ports);
      const { imageId } = record;
      const view = await readImage(imageId, ports);
      return json(isNew ? 202 : 200, { imageId, image: view }, imageLocation(request, imageId));
    },

    async readImage(request, remainingSeconds) {
      refuseQuery(request);
      const { imageId } = parseInput(imagePathSchema, request.pathParameters ?? {});
      const followed = {
        first: await readImage(imageId, ports),
        read: () => readImage(imageId, readers),
        isEnded: isImageEnded,
        nextChangeAt: nextImageChangeAt,
      };
      const { state, headers } = await waitIfPreferred(request, followed, remainingSeconds);
      const retryAfter = isImageEnded(state)
        ? {}
        : { 'retry-after': String(retryDelaySeconds(nextImageChangeAt(state), ports.now())) };
      return json(200, state, { ...retryAfter, ...headers });
    },
  } satisfies Partial<RouteHandlers>;
}

function imageLocation(request: Request, imageId: string): Record<string, string> {
  return { location: `${pathPrefixOf(request)}/images/${imageId}` };
}
