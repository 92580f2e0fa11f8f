import { settingChoices } from '../../cli/setting-choices.ts';
import { OPERATION_NAMES, OPERATIONS, type OperationName } from '../../functions/contracts/operations.ts';
import { resultTypesOf } from '../../functions/contracts/result-types.ts';
import { explainUnsupported, IGNORED_SETTINGS } from '../aspose-simulator/supported-operations.ts';
import type { VendorChoice } from '../cli/vendor.ts';
import type { Choices } from './page-contract.ts';

/** Settings that have a field of their own on the page. */
const OWN_FIELDS = ['language', 'resultType', 'resultTypeTable'];

/** Lists the operations that the vendor supports, each with what it takes. */
export function listChoices(vendor: VendorChoice['kind']): Choices {
  function isSupported(operation: OperationName, settings: { language?: string; resultType?: string }) {
    return vendor === 'service' || explainUnsupported(operation, settings) === undefined;
  }
  const hidden = vendor === 'service' ? OWN_FIELDS : [...OWN_FIELDS, ...IGNORED_SETTINGS];
  return {
    operations: OPERATION_NAMES.filter((name) => isSupported(name, {})).map((name) => {
      const choices = settingChoices(name);
      const languages = choices.flatMap((choice) =>
        choice.kind === 'choice' && choice.name === 'language' ? choice.values : [],
      );
      return {
        name,
        input: OPERATIONS[name].input,
        resultTypes: resultTypesOf(name).filter((resultType) => isSupported(name, { resultType })),
        languages: languages.filter((language) => isSupported(name, { language })),
        settings: choices.filter((setting) => !hidden.includes(setting.name)),
      };
    }),
  };
}
