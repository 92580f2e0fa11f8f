import { type ImageSettings, takesSettings } from '../contracts/image-settings.ts';
import { OPERATIONS, type OperationName } from '../contracts/operations.ts';
import { resultTypesOf } from '../contracts/result-types.ts';

/**
 * Returns all settings of an operation as Aspose takes them: in its names, with our defaults. Every
 * one is explicit, because Aspose's documentation and its OpenAPI file disagree on the defaults.
 * Empty for operations without settings.
 */
export function vendorSettings(
  operation: OperationName,
  settings: ImageSettings,
): Readonly<Record<string, unknown>> {
  if (!takesSettings(operation)) return {};
  const { language = 'English' } = settings;
  const [defaultType] = resultTypesOf(operation);
  if (OPERATIONS[operation].input === 'text')
    return { language, resultType: settings.resultType ?? defaultType };
  return {
    language,
    ...(operation === 'RecognizeTable'
      ? { resultType: 'Text', resultTypeTable: settings.resultTypeTable ?? defaultType }
      : { resultType: settings.resultType ?? defaultType }),
    Rotate: settings.rotate ?? 0,
    makeSkewCorrect: settings.makeSkewCorrect ?? false,
    makeBinarization: settings.makeBinarization ?? false,
    makeSpellCheck: settings.makeSpellCheck ?? false,
    makeContrastCorrection: settings.makeContrastCorrection ?? false,
    makeUpsampling: settings.makeUpsampling ?? false,
    dsrMode: settings.dsrMode ?? 'Regions',
    dsrConfidence: settings.dsrConfidence ?? 'Default',
    ...(settings.regions !== undefined && {
      regions: settings.regions.map(({ rect, order }, index) => ({ rect, order: order ?? index + 1 })),
    }),
  };
}
