/** The types of the HTTP API, generated from its OpenAPI document. */

export interface paths {
    "/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List tasks, newest first */
        get: operations["listTasks"];
        put?: never;
        /** Collect the result of a task */
        post: operations["startCollection"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tasks/{taskId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the record of a task */
        get: operations["readTask"];
        put?: never;
        post?: never;
        /** Cancel the collection of a task */
        delete: operations["cancelTask"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tasks/{taskId}/results": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the results of a task, with short-lived links */
        get: operations["readResults"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tasks/{taskId}/results/{index}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Download a document */
        get: operations["readDocument"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Recognize an image: request an upload link, or name an object in S3 */
        post: operations["requestImage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/images/{imageId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the state of an image, with the record of its task */
        get: operations["readImage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List batches, newest first */
        get: operations["listBatches"];
        put?: never;
        /** Start a batch: collect many tasks, or recognize many images */
        post: operations["startBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/batches/{batchId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Read the state of a batch and its progress */
        get: operations["readBatch"];
        put?: never;
        post?: never;
        /** Cancel a batch */
        delete: operations["cancelBatch"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/batches/{batchId}/results": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get short-lived links to the results of a batch */
        get: operations["readBatchResults"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/batches/{batchId}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a batch with the items of an ended batch that are not Completed */
        post: operations["retryBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["describeApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        StartRequest: {
            taskId: string;
            /**
             * @description The Aspose operation that created the task.
             * @default RecognizeImage
             * @enum {string}
             */
            operation?: "RecognizeImage" | "RecognizeRegions" | "RecognizePdf" | "RecognizeTable" | "RecognizeReceipt" | "RecognizeLabel" | "RecognizeAndParseInvoice" | "IdentifyFont" | "DetectRegions" | "BinarizeImage" | "DeskewImage" | "DewarpImage" | "UpscaleImage" | "DjVu2PDF" | "ConvertTextToSpeech" | "RecognizeImageTrial" | "ConvertTextToSpeechTrial";
            /**
             * Format: date-time
             * @description When the image was sent to Aspose, at most 24 hours ago. Aspose keeps the result for 24 hours.
             */
            submittedAt?: string;
            /** @description The caller's own reference. It is copied into the record and the event. */
            correlation?: string;
            polling?: {
                /** @enum {string} */
                preset?: "frugal" | "balanced" | "eager";
                timeoutSeconds?: number;
                maxPolls?: number;
                firstPollDelaySeconds?: number;
                holdSeconds?: number;
            };
            /** @default false */
            recollect?: boolean;
        };
        ImageRequest: {
            /** @description Asks for an upload link. Either fileName or source is required. */
            fileName?: string;
            /** @description The Content-Type that the upload will have. Only with fileName. */
            contentType?: string;
            /** @description An object in the inbox or in a source of the courier. Starts its recognition. */
            source?: {
                bucket: string;
                key: string;
                versionId?: string;
                etag?: string;
            };
            /**
             * @description The Aspose operation that created the task.
             * @default RecognizeImage
             * @enum {string}
             */
            operation?: "RecognizeImage" | "RecognizeRegions" | "RecognizePdf" | "RecognizeTable" | "RecognizeReceipt" | "RecognizeLabel" | "RecognizeAndParseInvoice" | "IdentifyFont" | "DetectRegions" | "BinarizeImage" | "DeskewImage" | "DewarpImage" | "UpscaleImage" | "DjVu2PDF" | "ConvertTextToSpeech" | "RecognizeImageTrial" | "ConvertTextToSpeechTrial";
            settings?: unknown;
            /** @description The caller's own reference. It is copied into the record and the event. */
            correlation?: string;
            polling?: {
                /** @enum {string} */
                preset?: "frugal" | "balanced" | "eager";
                timeoutSeconds?: number;
                maxPolls?: number;
                firstPollDelaySeconds?: number;
                holdSeconds?: number;
            };
            /**
             * @description Recognizes an image again that is done or was refused. Only with source.
             * @default false
             */
            again?: boolean;
        } & ({
            source?: never;
            /** @constant */
            again?: false;
        } | {
            fileName?: never;
            contentType?: never;
        });
        BatchRequest: {
            /** @description The same id with the same request returns the same batch. By default, a UUID. */
            batchId?: string;
            /** @description Task ids, or lines of a list. Exactly one of tasks, list and images is required. */
            tasks?: (string | {
                taskId?: string;
                source?: {
                    bucket: string;
                    key: string;
                    versionId?: string;
                    etag?: string;
                };
                /** @enum {string} */
                operation?: "RecognizeImage" | "RecognizeRegions" | "RecognizePdf" | "RecognizeTable" | "RecognizeReceipt" | "RecognizeLabel" | "RecognizeAndParseInvoice" | "IdentifyFont" | "DetectRegions" | "BinarizeImage" | "DeskewImage" | "DewarpImage" | "UpscaleImage" | "DjVu2PDF" | "ConvertTextToSpeech" | "RecognizeImageTrial" | "ConvertTextToSpeechTrial";
                settings?: unknown;
                /**
                 * Format: date-time
                 * @description When the image was sent to Aspose, at most 24 hours ago. Aspose keeps the result for 24 hours.
                 */
                submittedAt?: string;
                /** @description The caller's own reference. It is copied into the record and the event. */
                correlation?: string;
                polling?: {
                    /** @enum {string} */
                    preset?: "frugal" | "balanced" | "eager";
                    timeoutSeconds?: number;
                    maxPolls?: number;
                    firstPollDelaySeconds?: number;
                    holdSeconds?: number;
                };
                /**
                 * @description Counts deliberate collections of the same task. A number above the record's starts a new collection.
                 * @default 1
                 */
                generation?: number;
            })[];
            /** @description A list of task ids or images in S3, below lists/ or batches/ in the results bucket or in a bucket of sourceBuckets. The ending of its key names the format: .jsonl, .ndjson, .json or .csv. */
            list?: {
                bucket: string;
                key: string;
                versionId?: string;
                etag?: string;
            };
            images?: {
                bucket: string;
                /** @description Every object whose key begins with it when the batch starts is an item. In the results bucket, it begins with images/ or inbox/. */
                prefix: string;
            };
            /**
             * @description The Aspose operation that created the task.
             * @default RecognizeImage
             * @enum {string}
             */
            operation?: "RecognizeImage" | "RecognizeRegions" | "RecognizePdf" | "RecognizeTable" | "RecognizeReceipt" | "RecognizeLabel" | "RecognizeAndParseInvoice" | "IdentifyFont" | "DetectRegions" | "BinarizeImage" | "DeskewImage" | "DewarpImage" | "UpscaleImage" | "DjVu2PDF" | "ConvertTextToSpeech" | "RecognizeImageTrial" | "ConvertTextToSpeechTrial";
            settings?: unknown;
            polling?: {
                /** @enum {string} */
                preset?: "frugal" | "balanced" | "eager";
                timeoutSeconds?: number;
                maxPolls?: number;
                firstPollDelaySeconds?: number;
                holdSeconds?: number;
            };
            /**
             * @description Maximum chunks that are processed at the same time. A chunk has up to 75 items and occupies one Lambda invocation.
             * @default 10
             */
            concurrency?: number;
            /** @description Maximum requests to Aspose per second of all chunks together. It also limits concurrency to 20 chunks for each request per second. By default, there is no limit. */
            requestsPerSecond?: number;
        } & ({
            list?: never;
            images?: never;
        } | {
            tasks?: never;
            images?: never;
        } | {
            tasks?: never;
            list?: never;
        });
        RetryRequest: {
            /** @description Id of the new batch. By default, the id of the old one with -r1. */
            batchId?: string;
        };
        Collection: {
            executionArn: string;
            record: {
                taskId: string;
                /** @enum {string} */
                operation: "RecognizeImage" | "RecognizeRegions" | "RecognizePdf" | "RecognizeTable" | "RecognizeReceipt" | "RecognizeLabel" | "RecognizeAndParseInvoice" | "IdentifyFont" | "DetectRegions" | "BinarizeImage" | "DeskewImage" | "DewarpImage" | "UpscaleImage" | "DjVu2PDF" | "ConvertTextToSpeech" | "RecognizeImageTrial" | "ConvertTextToSpeechTrial";
                generation: number;
                /** @enum {string} */
                status: "Collecting" | "Completed" | "Failed" | "Expired" | "NotFound" | "TimedOut" | "Cancelled";
                /** @enum {string} */
                outcome?: "Completed" | "Failed" | "Expired" | "NotFound" | "TimedOut" | "Cancelled";
                /** @enum {string} */
                reason?: "RecognitionError" | "ResultDataLost" | "UpstreamUnavailable" | "CredentialsRejected" | "CredentialsUnreadable" | "QuotaExceeded" | "ContractViolation" | "UndecodableResult" | "UnknownTaskStatus" | "ResultTooLarge" | "InternalError" | "Deadline" | "PollBudget";
                /** @enum {string} */
                terminalEvent?: "Pending" | "Published";
                /** @enum {string} */
                taskStatus?: "Pending" | "Processing" | "Completed" | "Error" | "NotExist";
                responseStatusCode?: string;
                attempts: number;
                faults: number;
                faultsInARow: {
                    [key: string]: number;
                };
                executionArn: string;
                submittedAt?: string;
                startedAt: string;
                completedAt?: string;
                nextPollAt?: string;
                leaseExpiresAt: string;
                results: {
                    /** @description Position in Aspose's results. For RecognizeRegions it is the only link to the region. */
                    index: number;
                    /** @description Aspose's result type, cut to 64 printable characters. */
                    type: string | null;
                    contentType: string | null;
                    /** @description The document's key in the results bucket; null when Aspose sent no data or none that decodes. */
                    key: string | null;
                    bytes: number;
                    /** @description Lower-case hexadecimal. */
                    sha256: string | null;
                    empty: boolean;
                    /** @description Key of the data as received, when it is not valid base64. */
                    undecodedKey?: string;
                }[];
                resultCount: number;
                resultBytes: number;
                manifestKey?: string;
                partial: boolean;
                empty: boolean;
                messages: string[];
                warnings: string[];
                correlation?: string;
                batchId?: string;
                imageId?: string;
                source?: {
                    bucket: string;
                    key: string;
                    versionId?: string;
                    etag?: string;
                };
                uploads?: number;
                lostAs?: {
                    /** @enum {string} */
                    outcome: "Completed" | "Failed" | "Expired" | "NotFound" | "TimedOut" | "Cancelled";
                    /** @enum {string} */
                    reason?: "RecognitionError" | "ResultDataLost" | "UpstreamUnavailable" | "CredentialsRejected" | "CredentialsUnreadable" | "QuotaExceeded" | "ContractViolation" | "UndecodableResult" | "UnknownTaskStatus" | "ResultTooLarge" | "InternalError" | "Deadline" | "PollBudget";
                    messages: string[];
                    warnings: string[];
                    responseStatusCode: string | null;
                };
                replacedBy?: string;
                expiresAt: number;
                version: number;
            };
        };
        TaskRecord: {
            taskId: string;
            /** @enum {string} */
            operation: "RecognizeImage" | "RecognizeRegions" | "RecognizePdf" | "RecognizeTable" | "RecognizeReceipt" | "RecognizeLabel" | "RecognizeAndParseInvoice" | "IdentifyFont" | "DetectRegions" | "BinarizeImage" | "DeskewImage" | "DewarpImage" | "UpscaleImage" | "DjVu2PDF" | "ConvertTextToSpeech" | "RecognizeImageTrial" | "ConvertTextToSpeechTrial";
            generation: number;
            /** @enum {string} */
            status: "Collecting" | "Completed" | "Failed" | "Expired" | "NotFound" | "TimedOut" | "Cancelled";
            /** @enum {string} */
            outcome?: "Completed" | "Failed" | "Expired" | "NotFound" | "TimedOut" | "Cancelled";
            /** @enum {string} */
            reason?: "RecognitionError" | "ResultDataLost" | "UpstreamUnavailable" | "CredentialsRejected" | "CredentialsUnreadable" | "QuotaExceeded" | "ContractViolation" | "UndecodableResult" | "UnknownTaskStatus" | "ResultTooLarge" | "InternalError" | "Deadline" | "PollBudget";
            /** @enum {string} */
            terminalEvent?: "Pending" | "Published";
            /** @enum {string} */
            taskStatus?: "Pending" | "Processing" | "Completed" | "Error" | "NotExist";
            responseStatusCode?: string;
            attempts: number;
            faults: number;
            faultsInARow: {
                [key: string]: number;
            };
            executionArn: string;
            submittedAt?: string;
            startedAt: string;
            completedAt?: string;
            nextPollAt?: string;
            leaseExpiresAt: string;
            results: {
                /** @description Position in Aspose's results. For RecognizeRegions it is the only link to the region. */
                index: number;
                /** @description Aspose's result type, cut to 64 printable characters. */
                type: string | null;
                contentType: string | null;
                /** @description The document's key in the results bucket; null when Aspose sent no data or none that decodes. */
                key: string | null;
                bytes: number;
                /** @description Lower-case hexadecimal. */
                sha256: string | null;
                empty: boolean;
                /** @description Key of the data as received, when it is not valid base64. */
                undecodedKey?: string;
            }[];
            resultCount: number;
            resultBytes: number;
            manifestKey?: string;
            partial: boolean;
            empty: boolean;
            messages: string[];
            warnings: string[];
            correlation?: string;
            batchId?: string;
            imageId?: string;
            source?: {
                bucket: string;
                key: string;
                versionId?: string;
                etag?: string;
            };
            uploads?: number;
            lostAs?: {
                /** @enum {string} */
                outcome: "Completed" | "Failed" | "Expired" | "NotFound" | "TimedOut" | "Cancelled";
                /** @enum {string} */
                reason?: "RecognitionError" | "ResultDataLost" | "UpstreamUnavailable" | "CredentialsRejected" | "CredentialsUnreadable" | "QuotaExceeded" | "ContractViolation" | "UndecodableResult" | "UnknownTaskStatus" | "ResultTooLarge" | "InternalError" | "Deadline" | "PollBudget";
                messages: string[];
                warnings: string[];
                responseStatusCode: string | null;
            };
            replacedBy?: string;
            expiresAt: number;
            version: number;
        };
        TaskPage: {
            tasks: {
                taskId: string;
                /** @enum {string} */
                operation: "RecognizeImage" | "RecognizeRegions" | "RecognizePdf" | "RecognizeTable" | "RecognizeReceipt" | "RecognizeLabel" | "RecognizeAndParseInvoice" | "IdentifyFont" | "DetectRegions" | "BinarizeImage" | "DeskewImage" | "DewarpImage" | "UpscaleImage" | "DjVu2PDF" | "ConvertTextToSpeech" | "RecognizeImageTrial" | "ConvertTextToSpeechTrial";
                generation: number;
                /** @enum {string} */
                status: "Collecting" | "Completed" | "Failed" | "Expired" | "NotFound" | "TimedOut" | "Cancelled";
                /** @enum {string} */
                reason?: "RecognitionError" | "ResultDataLost" | "UpstreamUnavailable" | "CredentialsRejected" | "CredentialsUnreadable" | "QuotaExceeded" | "ContractViolation" | "UndecodableResult" | "UnknownTaskStatus" | "ResultTooLarge" | "InternalError" | "Deadline" | "PollBudget";
                attempts: number;
                resultCount: number;
                correlation?: string;
                batchId?: string;
                source?: {
                    bucket: string;
                    key: string;
                    versionId?: string;
                    etag?: string;
                };
                uploads?: number;
                replacedBy?: string;
                startedAt: string;
                completedAt?: string;
                expiresAt: number;
            }[];
            cursor?: string;
        };
        LinkedResults: {
            taskId: string;
            /** @enum {string} */
            operation: "RecognizeImage" | "RecognizeRegions" | "RecognizePdf" | "RecognizeTable" | "RecognizeReceipt" | "RecognizeLabel" | "RecognizeAndParseInvoice" | "IdentifyFont" | "DetectRegions" | "BinarizeImage" | "DeskewImage" | "DewarpImage" | "UpscaleImage" | "DjVu2PDF" | "ConvertTextToSpeech" | "RecognizeImageTrial" | "ConvertTextToSpeechTrial";
            generation: number;
            /** @enum {string} */
            status: "Collecting" | "Completed" | "Failed" | "Expired" | "NotFound" | "TimedOut" | "Cancelled";
            resultCount: number;
            resultBytes: number;
            partial: boolean;
            empty: boolean;
            manifestUrl: string | null;
            linkSeconds: number;
            results: {
                /** @description Position in Aspose's results. For RecognizeRegions it is the only link to the region. */
                index: number;
                /** @description Aspose's result type, cut to 64 printable characters. */
                type: string | null;
                contentType: string | null;
                /** @description The document's key in the results bucket; null when Aspose sent no data or none that decodes. */
                key: string | null;
                bytes: number;
                /** @description Lower-case hexadecimal. */
                sha256: string | null;
                empty: boolean;
                /** @description Key of the data as received, when it is not valid base64. */
                undecodedKey?: string;
                url: string | null;
            }[];
        };
        RequestedUpload: {
            imageId: string;
            upload: {
                /** @constant */
                method: "PUT";
                url: string;
                headers: {
                    [key: string]: string;
                };
            };
            expiresAt: string;
        };
        Recognition: {
            imageId: string;
            image: {
                imageId: string;
                generation: number;
                /** @enum {string} */
                state: "AwaitingUpload" | "Submitting" | "Unknown" | "Submitted" | "Refused" | "Done";
                /** @enum {string} */
                operation: "RecognizeImage" | "RecognizeRegions" | "RecognizePdf" | "RecognizeTable" | "RecognizeReceipt" | "RecognizeLabel" | "RecognizeAndParseInvoice" | "IdentifyFont" | "DetectRegions" | "BinarizeImage" | "DeskewImage" | "DewarpImage" | "UpscaleImage" | "DjVu2PDF" | "ConvertTextToSpeech" | "RecognizeImageTrial" | "ConvertTextToSpeechTrial";
                source?: {
                    bucket: string;
                    key: string;
                    versionId?: string;
                    etag?: string;
                };
                correlation?: string;
                taskIds: string[];
                uploads: number;
                ambiguousUploads: number;
                nextUploadAt?: string;
                /** @enum {string} */
                reason?: "NotAnImage" | "TooLarge" | "SettingsInvalid" | "SourceUnreadable" | "RefusedByVendor" | "CredentialsRejected" | "CredentialsUnreadable" | "QuotaExceeded" | "UpstreamUnavailable" | "UploadUnknown" | "Cancelled" | "InternalError";
                messages: string[];
                /** @enum {string} */
                outcome?: "Completed" | "Failed" | "Expired" | "NotFound" | "TimedOut" | "Cancelled";
                executionArn?: string;
                startedAt: string;
                completedAt?: string;
                expiresAt: number;
                task: {
                    taskId: string;
                    /** @enum {string} */
                    operation: "RecognizeImage" | "RecognizeRegions" | "RecognizePdf" | "RecognizeTable" | "RecognizeReceipt" | "RecognizeLabel" | "RecognizeAndParseInvoice" | "IdentifyFont" | "DetectRegions" | "BinarizeImage" | "DeskewImage" | "DewarpImage" | "UpscaleImage" | "DjVu2PDF" | "ConvertTextToSpeech" | "RecognizeImageTrial" | "ConvertTextToSpeechTrial";
                    generation: number;
                    /** @enum {string} */
                    status: "Collecting" | "Completed" | "Failed" | "Expired" | "NotFound" | "TimedOut" | "Cancelled";
                    /** @enum {string} */
                    outcome?: "Completed" | "Failed" | "Expired" | "NotFound" | "TimedOut" | "Cancelled";
                    /** @enum {string} */
                    reason?: "RecognitionError" | "ResultDataLost" | "UpstreamUnavailable" | "CredentialsRejected" | "CredentialsUnreadable" | "QuotaExceeded" | "ContractViolation" | "UndecodableResult" | "UnknownTaskStatus" | "ResultTooLarge" | "InternalError" | "Deadline" | "PollBudget";
                    /** @enum {string} */
                    terminalEvent?: "Pending" | "Published";
                    /** @enum {string} */
                    taskStatus?: "Pending" | "Processing" | "Completed" | "Error" | "NotExist";
                    responseStatusCode?: string;
                    attempts: number;
                    faults: number;
                    faultsInARow: {
                        [key: string]: number;
                    };
                    executionArn: string;
                    submittedAt?: string;
                    startedAt: string;
                    completedAt?: string;
                    nextPollAt?: string;
                    leaseExpiresAt: string;
                    results: {
                        /** @description Position in Aspose's results. For RecognizeRegions it is the only link to the region. */
                        index: number;
                        /** @description Aspose's result type, cut to 64 printable characters. */
                        type: string | null;
                        contentType: string | null;
                        /** @description The document's key in the results bucket; null when Aspose sent no data or none that decodes. */
                        key: string | null;
                        bytes: number;
                        /** @description Lower-case hexadecimal. */
                        sha256: string | null;
                        empty: boolean;
                        /** @description Key of the data as received, when it is not valid base64. */
                        undecodedKey?: string;
                    }[];
                    resultCount: number;
                    resultBytes: number;
                    manifestKey?: string;
                    partial: boolean;
                    empty: boolean;
                    messages: string[];
                    warnings: string[];
                    correlation?: string;
                    batchId?: string;
                    imageId?: string;
                    source?: {
                        bucket: string;
                        key: string;
                        versionId?: string;
                        etag?: string;
                    };
                    uploads?: number;
                    lostAs?: {
                        /** @enum {string} */
                        outcome: "Completed" | "Failed" | "Expired" | "NotFound" | "TimedOut" | "Cancelled";
                        /** @enum {string} */
                        reason?: "RecognitionError" | "ResultDataLost" | "UpstreamUnavailable" | "CredentialsRejected" | "CredentialsUnreadable" | "QuotaExceeded" | "ContractViolation" | "UndecodableResult" | "UnknownTaskStatus" | "ResultTooLarge" | "InternalError" | "Deadline" | "PollBudget";
                        messages: string[];
                        warnings: string[];
                        responseStatusCode: string | null;
                    };
                    replacedBy?: string;
                    expiresAt: number;
                    version: number;
                } | null;
            };
        };
        Image: {
            imageId: string;
            generation: number;
            /** @enum {string} */
            state: "AwaitingUpload" | "Submitting" | "Unknown" | "Submitted" | "Refused" | "Done";
            /** @enum {string} */
            operation: "RecognizeImage" | "RecognizeRegions" | "RecognizePdf" | "RecognizeTable" | "RecognizeReceipt" | "RecognizeLabel" | "RecognizeAndParseInvoice" | "IdentifyFont" | "DetectRegions" | "BinarizeImage" | "DeskewImage" | "DewarpImage" | "UpscaleImage" | "DjVu2PDF" | "ConvertTextToSpeech" | "RecognizeImageTrial" | "ConvertTextToSpeechTrial";
            source?: {
                bucket: string;
                key: string;
                versionId?: string;
                etag?: string;
            };
            correlation?: string;
            taskIds: string[];
            uploads: number;
            ambiguousUploads: number;
            nextUploadAt?: string;
            /** @enum {string} */
            reason?: "NotAnImage" | "TooLarge" | "SettingsInvalid" | "SourceUnreadable" | "RefusedByVendor" | "CredentialsRejected" | "CredentialsUnreadable" | "QuotaExceeded" | "UpstreamUnavailable" | "UploadUnknown" | "Cancelled" | "InternalError";
            messages: string[];
            /** @enum {string} */
            outcome?: "Completed" | "Failed" | "Expired" | "NotFound" | "TimedOut" | "Cancelled";
            executionArn?: string;
            startedAt: string;
            completedAt?: string;
            expiresAt: number;
            task: {
                taskId: string;
                /** @enum {string} */
                operation: "RecognizeImage" | "RecognizeRegions" | "RecognizePdf" | "RecognizeTable" | "RecognizeReceipt" | "RecognizeLabel" | "RecognizeAndParseInvoice" | "IdentifyFont" | "DetectRegions" | "BinarizeImage" | "DeskewImage" | "DewarpImage" | "UpscaleImage" | "DjVu2PDF" | "ConvertTextToSpeech" | "RecognizeImageTrial" | "ConvertTextToSpeechTrial";
                generation: number;
                /** @enum {string} */
                status: "Collecting" | "Completed" | "Failed" | "Expired" | "NotFound" | "TimedOut" | "Cancelled";
                /** @enum {string} */
                outcome?: "Completed" | "Failed" | "Expired" | "NotFound" | "TimedOut" | "Cancelled";
                /** @enum {string} */
                reason?: "RecognitionError" | "ResultDataLost" | "UpstreamUnavailable" | "CredentialsRejected" | "CredentialsUnreadable" | "QuotaExceeded" | "ContractViolation" | "UndecodableResult" | "UnknownTaskStatus" | "ResultTooLarge" | "InternalError" | "Deadline" | "PollBudget";
                /** @enum {string} */
                terminalEvent?: "Pending" | "Published";
                /** @enum {string} */
                taskStatus?: "Pending" | "Processing" | "Completed" | "Error" | "NotExist";
                responseStatusCode?: string;
                attempts: number;
                faults: number;
                faultsInARow: {
                    [key: string]: number;
                };
                executionArn: string;
                submittedAt?: string;
                startedAt: string;
                completedAt?: string;
                nextPollAt?: string;
                leaseExpiresAt: string;
                results: {
                    /** @description Position in Aspose's results. For RecognizeRegions it is the only link to the region. */
                    index: number;
                    /** @description Aspose's result type, cut to 64 printable characters. */
                    type: string | null;
                    contentType: string | null;
                    /** @description The document's key in the results bucket; null when Aspose sent no data or none that decodes. */
                    key: string | null;
                    bytes: number;
                    /** @description Lower-case hexadecimal. */
                    sha256: string | null;
                    empty: boolean;
                    /** @description Key of the data as received, when it is not valid base64. */
                    undecodedKey?: string;
                }[];
                resultCount: number;
                resultBytes: number;
                manifestKey?: string;
                partial: boolean;
                empty: boolean;
                messages: string[];
                warnings: string[];
                correlation?: string;
                batchId?: string;
                imageId?: string;
                source?: {
                    bucket: string;
                    key: string;
                    versionId?: string;
                    etag?: string;
                };
                uploads?: number;
                lostAs?: {
                    /** @enum {string} */
                    outcome: "Completed" | "Failed" | "Expired" | "NotFound" | "TimedOut" | "Cancelled";
                    /** @enum {string} */
                    reason?: "RecognitionError" | "ResultDataLost" | "UpstreamUnavailable" | "CredentialsRejected" | "CredentialsUnreadable" | "QuotaExceeded" | "ContractViolation" | "UndecodableResult" | "UnknownTaskStatus" | "ResultTooLarge" | "InternalError" | "Deadline" | "PollBudget";
                    messages: string[];
                    warnings: string[];
                    responseStatusCode: string | null;
                };
                replacedBy?: string;
                expiresAt: number;
                version: number;
            } | null;
        };
        StartedBatch: {
            batch: {
                batchId: string;
                /**
                 * @description Opening while the items are listed, Running while chunks are processed, Cancelling after a caller cancelled the batch. Once the batch has ended, its outcome.
                 * @enum {string}
                 */
                status: "Opening" | "Running" | "Cancelling" | "Completed" | "Stopped" | "Cancelled" | "Failed" | "Refused";
                /**
                 * @description How the batch ended; absent until then. Completed means that every item was tried: counts says how the items ended.
                 * @enum {string}
                 */
                outcome?: "Completed" | "Stopped" | "Cancelled" | "Failed" | "Refused";
                /** @enum {string} */
                reason?: "ListUnreadable" | "ListInvalid" | "CredentialsRejected" | "CredentialsUnreadable" | "QuotaExceeded" | "InternalError";
                messages: string[];
                executionArn: string;
                concurrency: number;
                requestsPerSecond?: number;
                total?: number;
                /** @description Number of repeated task ids and images. Each is processed once. */
                duplicates?: number;
                /** @description Number of items by outcome. Absent until the batch has ended. */
                counts?: {
                    [key: string]: number;
                };
                /**
                 * @description Why no further item is started: every other item would end the same. Set before the batch ends.
                 * @enum {string}
                 */
                stopReason?: "CredentialsRejected" | "CredentialsUnreadable" | "QuotaExceeded";
                cancelledAt?: string;
                startedAt: string;
                completedAt?: string;
                expiresAt: number;
                /** @description Number of items by outcome in the chunks that have ended. Once the batch has ended, the same as counts. */
                progress: {
                    [key: string]: number;
                };
                /** @description total minus the items in progress. Absent until the items are listed. */
                pending?: number;
            };
            warning?: string;
        };
        Batch: {
            batchId: string;
            /**
             * @description Opening while the items are listed, Running while chunks are processed, Cancelling after a caller cancelled the batch. Once the batch has ended, its outcome.
             * @enum {string}
             */
            status: "Opening" | "Running" | "Cancelling" | "Completed" | "Stopped" | "Cancelled" | "Failed" | "Refused";
            /**
             * @description How the batch ended; absent until then. Completed means that every item was tried: counts says how the items ended.
             * @enum {string}
             */
            outcome?: "Completed" | "Stopped" | "Cancelled" | "Failed" | "Refused";
            /** @enum {string} */
            reason?: "ListUnreadable" | "ListInvalid" | "CredentialsRejected" | "CredentialsUnreadable" | "QuotaExceeded" | "InternalError";
            messages: string[];
            executionArn: string;
            concurrency: number;
            requestsPerSecond?: number;
            total?: number;
            /** @description Number of repeated task ids and images. Each is processed once. */
            duplicates?: number;
            /** @description Number of items by outcome. Absent until the batch has ended. */
            counts?: {
                [key: string]: number;
            };
            /**
             * @description Why no further item is started: every other item would end the same. Set before the batch ends.
             * @enum {string}
             */
            stopReason?: "CredentialsRejected" | "CredentialsUnreadable" | "QuotaExceeded";
            cancelledAt?: string;
            startedAt: string;
            completedAt?: string;
            expiresAt: number;
            /** @description Number of items by outcome in the chunks that have ended. Once the batch has ended, the same as counts. */
            progress: {
                [key: string]: number;
            };
            /** @description total minus the items in progress. Absent until the items are listed. */
            pending?: number;
        };
        BatchPage: {
            batches: {
                batchId: string;
                /**
                 * @description Opening while the items are listed, Running while chunks are processed, Cancelling after a caller cancelled the batch. Once the batch has ended, its outcome.
                 * @enum {string}
                 */
                status: "Opening" | "Running" | "Cancelling" | "Completed" | "Stopped" | "Cancelled" | "Failed" | "Refused";
                /** @enum {string} */
                reason?: "ListUnreadable" | "ListInvalid" | "CredentialsRejected" | "CredentialsUnreadable" | "QuotaExceeded" | "InternalError";
                total?: number;
                /** @description Number of repeated task ids and images. Each is processed once. */
                duplicates?: number;
                /** @description Number of items by outcome. Absent until the batch has ended. */
                counts?: {
                    [key: string]: number;
                };
                executionArn: string;
                startedAt: string;
                completedAt?: string;
                expiresAt: number;
            }[];
            cursor?: string;
        };
        BatchResults: {
            batchId: string;
            /**
             * @description Opening while the items are listed, Running while chunks are processed, Cancelling after a caller cancelled the batch. Once the batch has ended, its outcome.
             * @enum {string}
             */
            status: "Opening" | "Running" | "Cancelling" | "Completed" | "Stopped" | "Cancelled" | "Failed" | "Refused";
            /** @enum {string} */
            reason?: "ListUnreadable" | "ListInvalid" | "CredentialsRejected" | "CredentialsUnreadable" | "QuotaExceeded" | "InternalError";
            total?: number;
            /** @description Number of items by outcome. Absent until the batch has ended. */
            counts?: {
                [key: string]: number;
            };
            resultsUrl: string | null;
            resultsCsvUrl: string | null;
            summaryUrl: string | null;
            linkSeconds: number;
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            detail: string;
            requestId: string;
        };
        OpenApi: {
            /** @constant */
            openapi: "3.1.0";
        };
        GatewayMessage: {
            message?: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listTasks: {
        parameters: {
            query?: {
                status?: "Collecting" | "Completed" | "Failed" | "Expired" | "NotFound" | "TimedOut" | "Cancelled";
                operation?: "RecognizeImage" | "RecognizeRegions" | "RecognizePdf" | "RecognizeTable" | "RecognizeReceipt" | "RecognizeLabel" | "RecognizeAndParseInvoice" | "IdentifyFont" | "DetectRegions" | "BinarizeImage" | "DeskewImage" | "DewarpImage" | "UpscaleImage" | "DjVu2PDF" | "ConvertTextToSpeech" | "RecognizeImageTrial" | "ConvertTextToSpeechTrial";
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, which may be short. While it has a cursor, there are more tasks */
            200: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskPage"];
                };
            };
            /** @description The request is not valid. The detail has the field, the received value and the allowed values */
            400: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not authenticated (sent by API Gateway) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Not authorized (sent by API Gateway) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Too many requests (sent by API Gateway) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The function did not respond (sent by API Gateway) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
        };
    };
    startCollection: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StartRequest"];
            };
        };
        responses: {
            /** @description The task is already being collected or has ended: its record */
            200: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    /** @description Path of the task, the image or the batch, or link to the document */
                    location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collection"];
                };
            };
            /** @description The collection has started */
            202: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    /** @description Path of the task, the image or the batch, or link to the document */
                    location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collection"];
                };
            };
            /** @description The request is not valid. The detail has the field, the received value and the allowed values */
            400: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not authenticated (sent by API Gateway) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Not authorized (sent by API Gateway) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description The task id is in use for another operation */
            409: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON */
            415: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests (sent by API Gateway) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The function did not respond (sent by API Gateway) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
        };
    };
    readTask: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description `wait=N` (RFC 7240) asks to respond as soon as there is an end, or after N seconds: at most 25. Other preferences are ignored
                 * @example wait=25
                 */
                prefer?: string;
            };
            path: {
                taskId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The record. Until the task has ended, Retry-After says when to ask */
            200: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    /** @description Seconds to wait before the next request */
                    "retry-after"?: string;
                    /** @description The wait that was applied: `wait=N`. Absent if the request did not wait as it preferred */
                    "preference-applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TaskRecord"];
                };
            };
            /** @description The request is not valid. The detail has the field, the received value and the allowed values */
            400: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not authenticated (sent by API Gateway) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Not authorized (sent by API Gateway) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description There is no such task, or its record has expired */
            404: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests (sent by API Gateway) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The function did not respond (sent by API Gateway) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
        };
    };
    cancelTask: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                taskId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The task is cancelled and OCR Task Cancelled is published */
            202: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    /** @description Path of the task, the image or the batch, or link to the document */
                    location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Collection"];
                };
            };
            /** @description The request is not valid. The detail has the field, the received value and the allowed values */
            400: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not authenticated (sent by API Gateway) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Not authorized (sent by API Gateway) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description There is no such task, or its record has expired */
            404: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The task has ended */
            409: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests (sent by API Gateway) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The function did not respond (sent by API Gateway) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
        };
    };
    readResults: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                taskId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The results */
            200: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LinkedResults"];
                };
            };
            /** @description The request is not valid. The detail has the field, the received value and the allowed values */
            400: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not authenticated (sent by API Gateway) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Not authorized (sent by API Gateway) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description There is no such task, or its record has expired */
            404: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The task is still being collected; retry after the time in Retry-After */
            409: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    /** @description Seconds to wait before the next request */
                    "retry-after": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The documents have been deleted, or the record has expired */
            410: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests (sent by API Gateway) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The function did not respond (sent by API Gateway) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
        };
    };
    readDocument: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                taskId: string;
                index: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Location is a short-lived link that downloads the document */
            302: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    /** @description Path of the task, the image or the batch, or link to the document */
                    location: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request is not valid. The detail has the field, the received value and the allowed values */
            400: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not authenticated (sent by API Gateway) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Not authorized (sent by API Gateway) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description There is no such task, or its record has expired */
            404: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The task is still being collected; retry after the time in Retry-After */
            409: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    /** @description Seconds to wait before the next request */
                    "retry-after": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The documents have been deleted, or the record has expired */
            410: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests (sent by API Gateway) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The function did not respond (sent by API Gateway) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
        };
    };
    requestImage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ImageRequest"];
            };
        };
        responses: {
            /** @description The image is already being recognized, or has been: its state */
            200: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    /** @description Path of the task, the image or the batch, or link to the document */
                    location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recognition"];
                };
            };
            /** @description A link for the upload. The image is recognized once it is uploaded */
            201: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    /** @description Path of the task, the image or the batch, or link to the document */
                    location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestedUpload"];
                };
            };
            /** @description The recognition has started */
            202: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    /** @description Path of the task, the image or the batch, or link to the document */
                    location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recognition"];
                };
            };
            /** @description The request is not valid. The detail has the field, the received value and the allowed values */
            400: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not authenticated (sent by API Gateway) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Not authorized (sent by API Gateway) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description The id is in use for another image */
            409: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON */
            415: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests (sent by API Gateway) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The function did not respond (sent by API Gateway) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
        };
    };
    readImage: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description `wait=N` (RFC 7240) asks to respond as soon as there is an end, or after N seconds: at most 25. Other preferences are ignored
                 * @example wait=25
                 */
                prefer?: string;
            };
            path: {
                imageId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state. Until the image has ended, Retry-After says when to ask */
            200: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    /** @description Seconds to wait before the next request */
                    "retry-after"?: string;
                    /** @description The wait that was applied: `wait=N`. Absent if the request did not wait as it preferred */
                    "preference-applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Image"];
                };
            };
            /** @description The request is not valid. The detail has the field, the received value and the allowed values */
            400: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not authenticated (sent by API Gateway) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Not authorized (sent by API Gateway) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description There is no such image, or its record has expired */
            404: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests (sent by API Gateway) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The function did not respond (sent by API Gateway) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
        };
    };
    listBatches: {
        parameters: {
            query?: {
                status?: "Opening" | "Running" | "Cancelling" | "Completed" | "Stopped" | "Cancelled" | "Failed" | "Refused";
                limit?: number;
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page, which may be short. While it has a cursor, there are more batches */
            200: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchPage"];
                };
            };
            /** @description The request is not valid. The detail has the field, the received value and the allowed values */
            400: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not authenticated (sent by API Gateway) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Not authorized (sent by API Gateway) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Too many requests (sent by API Gateway) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The function did not respond (sent by API Gateway) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
        };
    };
    startBatch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchRequest"];
            };
        };
        responses: {
            /** @description The same request has already started this batch: its state */
            200: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    /** @description Path of the task, the image or the batch, or link to the document */
                    location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedBatch"];
                };
            };
            /** @description The batch has started */
            202: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    /** @description Path of the task, the image or the batch, or link to the document */
                    location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedBatch"];
                };
            };
            /** @description The request is not valid. The detail has the field, the received value and the allowed values */
            400: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not authenticated (sent by API Gateway) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Not authorized (sent by API Gateway) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description The id is in use for another request */
            409: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON */
            415: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests (sent by API Gateway) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The function did not respond (sent by API Gateway) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
        };
    };
    readBatch: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description `wait=N` (RFC 7240) asks to respond as soon as there is an end, or after N seconds: at most 25. Other preferences are ignored
                 * @example wait=25
                 */
                prefer?: string;
            };
            path: {
                batchId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state. Until the batch has ended, Retry-After says when to ask */
            200: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    /** @description Seconds to wait before the next request */
                    "retry-after"?: string;
                    /** @description The wait that was applied: `wait=N`. Absent if the request did not wait as it preferred */
                    "preference-applied"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /** @description The request is not valid. The detail has the field, the received value and the allowed values */
            400: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not authenticated (sent by API Gateway) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Not authorized (sent by API Gateway) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description There is no such batch, or its record has expired */
            404: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests (sent by API Gateway) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The function did not respond (sent by API Gateway) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
        };
    };
    cancelBatch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                batchId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The batch starts no further item, and ends within minutes */
            202: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Batch"];
                };
            };
            /** @description The request is not valid. The detail has the field, the received value and the allowed values */
            400: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not authenticated (sent by API Gateway) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Not authorized (sent by API Gateway) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description There is no such batch, or its record has expired */
            404: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The batch has ended */
            409: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests (sent by API Gateway) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The function did not respond (sent by API Gateway) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
        };
    };
    readBatchResults: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                batchId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The links */
            200: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchResults"];
                };
            };
            /** @description The request is not valid. The detail has the field, the received value and the allowed values */
            400: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not authenticated (sent by API Gateway) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Not authorized (sent by API Gateway) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description There is no such batch, or its record has expired */
            404: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The batch has not ended; retry after the time in Retry-After */
            409: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    /** @description Seconds to wait before the next request */
                    "retry-after": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The results have been deleted */
            410: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests (sent by API Gateway) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The function did not respond (sent by API Gateway) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
        };
    };
    retryBatch: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                batchId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["RetryRequest"];
            };
        };
        responses: {
            /** @description The retry has already been started: its state */
            200: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    /** @description Path of the task, the image or the batch, or link to the document */
                    location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedBatch"];
                };
            };
            /** @description The retry has started */
            202: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    /** @description Path of the task, the image or the batch, or link to the document */
                    location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StartedBatch"];
                };
            };
            /** @description The request is not valid. The detail has the field, the received value and the allowed values */
            400: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not authenticated (sent by API Gateway) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Not authorized (sent by API Gateway) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description There is no such batch, or its record has expired */
            404: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The batch has not ended or has nothing to retry, or the new id is in use for another request */
            409: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The results of the batch have been deleted */
            410: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body is not JSON */
            415: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests (sent by API Gateway) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The function did not respond (sent by API Gateway) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
        };
    };
    describeApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The OpenAPI document */
            200: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OpenApi"];
                };
            };
            /** @description The request is not valid. The detail has the field, the received value and the allowed values */
            400: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not authenticated (sent by API Gateway) */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Not authorized (sent by API Gateway) */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Too many requests (sent by API Gateway) */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
            /** @description Internal error */
            500: {
                headers: {
                    /** @description Identifies the request in the logs */
                    "x-request-id": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The function did not respond (sent by API Gateway) */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GatewayMessage"];
                };
            };
        };
    };
}
